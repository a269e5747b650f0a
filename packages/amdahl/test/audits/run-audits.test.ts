import { describe, expect, test } from 'vitest';
import { defineAudit, NotMeasured, type Audit } from '../../src/audits/audit.ts';
import { audits } from '../../src/audits/audits.ts';
import { runAudits } from '../../src/audits/run-audits.ts';
import { steps } from '../../src/audits/finding.ts';
import { defaultObjectives } from '../../src/predict/objectives.ts';
import { workbenchErrors } from '../../src/workbench-errors.ts';
import { gathered, target } from '../fixtures/artifacts.ts';
import { outcomeOf } from '../fixtures/audit.ts';
import { loadOf, request } from '../fixtures/load.ts';

function auditOf(audit: Audit['audit'], needs: Audit['needs'] = ['target']): Audit {
  return defineAudit({
    id: 'example',
    step: 'measure',
    title: 'Example',
    description: 'An example.',
    needs,
    audit,
  });
}

describe('an audit', () => {
  test('is handed the artifacts it names and no others', () => {
    let seen: readonly string[] = [];
    const audit = auditOf((artifacts) => {
      seen = Object.keys(artifacts);
      return [];
    });
    expect(outcomeOf(audit, { target, load: loadOf([request('GET /', 5)]) }).status).toBe('passed');
    expect(seen).toEqual(['target']);
  });

  test('does without what it only wants', () => {
    const seen: (readonly string[])[] = [];
    const audit: Audit = {
      ...auditOf((artifacts) => {
        seen.push(Object.keys(artifacts));
        return [];
      }),
      wants: ['load'],
    };
    expect(outcomeOf(audit, { target }).status).toBe('passed');
    outcomeOf(audit, { target, load: loadOf([request('GET /', 5)]) });
    expect(seen).toEqual([['target'], ['target', 'load']]);
  });

  test('is unmeasured when an artifact is absent or failed, with the reasons', () => {
    const error = workbenchErrors
      .create('AMDAHL_GATHER_NO_REPLY', {
        expected: 'a reply',
        found: 'none',
        next: 'Look at the service.',
      })
      .toJSON();
    const [outcome] = runAudits(
      [auditOf(() => [], ['target', 'agent', 'responses'])],
      { ...gathered({ target }), responses: { status: 'failed', error } },
      { objectives: defaultObjectives },
    );
    expect(outcome).toMatchObject({
      status: 'unmeasured',
      reason:
        'it needs the agent inside the app: nothing to gather it from; ' +
        'it needs sample replies: Expected a reply; found none. Look at the service. (AMDAHL_GATHER_NO_REPLY)',
    });
  });

  test('that throws ends unmeasured with the message, and the others go on', () => {
    const outcomes = runAudits(
      [
        auditOf(() => {
          throw new TypeError('x is not a function');
        }),
        auditOf(() => {
          throw new NotMeasured('only 4 seconds were sampled');
        }),
        auditOf(() => []),
      ],
      gathered({ target }),
      { objectives: defaultObjectives },
    );
    expect(
      outcomes.map((outcome) => [outcome.status, 'reason' in outcome && outcome.reason]),
    ).toEqual([
      ['unmeasured', 'the audit failed: x is not a function'],
      ['unmeasured', 'only 4 seconds were sampled'],
      ['passed', false],
    ]);
  });
});

describe('the list of audits', () => {
  test('has ids that are nouns in kebab case, each once', () => {
    const ids = audits.map((audit) => audit.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test('goes through the steps of the checklist in their order', () => {
    const order = audits.map((audit) => steps.indexOf(audit.step));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test('measures nothing, and fails nowhere, without evidence', () => {
    const outcomes = runAudits(audits, gathered({}), { objectives: defaultObjectives });
    expect(new Set(outcomes.map((outcome) => outcome.status))).toEqual(new Set(['unmeasured']));
  });
});
