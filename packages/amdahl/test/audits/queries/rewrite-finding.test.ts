import { describe, expect, test } from 'vitest';
import type { RewriteExperiment } from '../../../src/artifacts/experiments.ts';
import type { Audit } from '../../../src/audits/audit.ts';
import { correlatedSubquery } from '../../../src/audits/queries/correlated-subquery.ts';
import { distinctFanOut } from '../../../src/audits/queries/distinct-fan-out.ts';
import { existenceCount } from '../../../src/audits/queries/existence-count.ts';
import { havingWithoutAggregate } from '../../../src/audits/queries/having-without-aggregate.ts';
import { implicitCast } from '../../../src/audits/queries/implicit-cast.ts';
import { nonSargablePredicate } from '../../../src/audits/queries/non-sargable-predicate.ts';
import { notInSubquery } from '../../../src/audits/queries/not-in-subquery.ts';
import { orAcrossColumns } from '../../../src/audits/queries/or-across-columns.ts';
import { randomOrder } from '../../../src/audits/queries/random-order.ts';
import type { Finding } from '../../../src/audits/finding.ts';
import { lintRules } from '../../../src/sql/lint/rules.ts';
import { shopCatalog } from '../../sql/schema-fixture.ts';
import { findingsOf } from '../../fixtures/audit.ts';
import { effect, evidence, experimentsOf, route, site, statement } from './workload.ts';

const audits: readonly Audit[] = [
  correlatedSubquery,
  distinctFanOut,
  existenceCount,
  havingWithoutAggregate,
  implicitCast,
  nonSargablePredicate,
  notInSubquery,
  orAcrossColumns,
  randomOrder,
];

const text = 'SELECT * FROM orders WHERE id = 5.0';

function find(
  audit: Audit,
  more: Partial<RewriteExperiment> = {},
  ms: number = 60,
): readonly Finding[] {
  const rewrite: RewriteExperiment = {
    text,
    rule: audit.id,
    originalText: text,
    rewrittenText: 'SELECT * FROM orders WHERE id = 5',
    reason: 'each id is converted',
    sameRows: null,
    proof: { kind: 'sampled-data', rows: 1_234, parametersTried: 9 },
    preconditions: [],
    advice: [],
    withIndex: null,
    effect: effect(text, 6_000, 600),
    ...more,
  };
  return findingsOf(audit, {
    ...evidence([statement(text, { ms }), statement('SELECT 1', { ms: 0.1 })]),
    catalog: shopCatalog(),
    experiments: experimentsOf({ rewrites: [rewrite] }),
  });
}

test('each rule has its audit, and each audit its rules', () => {
  const ids = new Set<string>(audits.map(({ id }) => id));
  expect(new Set(lintRules.map(({ audit }) => audit))).toEqual(ids);
});

test.each(lintRules.map((rule) => ({ rule })))(
  '$rule.audit reports what comes of $rule.id',
  ({ rule }) => {
    const found = audits.flatMap((audit) => find(audit, { rule: rule.id }));
    expect(found.map(({ audit }) => audit)).toEqual([rule.audit]);
    expect(found[0]).toMatchObject({
      title: `each id is converted: "${text}"`,
      where: site,
      remedy: {
        risk: 'low',
        change: { kind: 'diff', before: text, after: 'SELECT * FROM orders WHERE id = 5' },
        rollback: 'Send the original statement again.',
      },
      prediction: { method: 'planner-cost', gains: [{ route, boundMs: 60 }] },
    });
  },
);

describe('how it is known that the rows stay the same is said', () => {
  test.each<readonly [string, Partial<RewriteExperiment>, string]>([
    [
      'on made-up rows',
      {},
      'Both were run on rows made up from the columns’ statistics, with NULLs and duplicates among them: 1,234 rows over 9 lists of parameters, each the same.',
    ],
    [
      'on the target',
      { proof: { kind: 'target-data', rows: 7, parametersTried: 1 } },
      'Both were run on the database itself: 7 rows over 1 list of parameters, each the same.',
    ],
    [
      'by the rule alone',
      { proof: { kind: 'equivalent-by-rule', rows: 0, parametersTried: 0 } },
      'The two mean the same whatever the data; no rows were at hand to show it.',
    ],
    [
      'not at all, where rows are picked by chance',
      { proof: null },
      'Neither returns the same rows twice, so there was nothing to compare.',
    ],
  ])('%s', (_how, more, sentence) => {
    expect(find(implicitCast, more)[0]?.remedy.actions).toContain(sentence);
  });
});

test('what must hold is said, and makes the change riskier', () => {
  const [finding] = find(implicitCast, {
    preconditions: ['$1 is a whole number.'],
    advice: ['Mind this.'],
  });
  expect(finding?.remedy.risk).toBe('medium');
  expect(finding?.remedy.actions.slice(-2)).toEqual([
    'See that this holds: $1 is a whole number.',
    'Mind this.',
  ]);
});

test('an index it needs comes first and joins the migration', () => {
  const definition = 'CREATE INDEX orders_total_idx ON orders (total)';
  const build = { table: 'orders', kind: 'numbers', estimatedSizeBytes: 2_000_000 } as const;
  const [finding] = find(implicitCast, { withIndex: definition, indexToBuild: build });
  expect(finding?.remedy.actions[0]).toBe(
    'Build the index it needs first: CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total); It takes about 2 MB.',
  );
  expect(finding?.remedy.builds).toEqual([{ ...build, definition }]);
  expect(finding?.remedy.rollback).toMatch(/DROP INDEX CONCURRENTLY orders_total_idx;$/);
});

describe('nothing is found', () => {
  test.each<readonly [string, Partial<RewriteExperiment>, number]>([
    ['when other rows came back', { proof: { kind: 'differs', rows: 5, parametersTried: 1 } }, 60],
    ['when other values were kept', { sameRows: false }, 60],
    ['when it costs the same', { effect: effect(text, 6_000, 5_990) }, 60],
    ['when nobody would feel it', {}, 0.1],
    ['for a statement nobody sent', { text: 'SELECT 2' }, 60],
  ])('%s', (_when, more, ms) => {
    expect(find(implicitCast, more, ms)).toEqual([]);
  });
});
