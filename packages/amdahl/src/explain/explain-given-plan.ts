import { planProblems } from '../sql/plan-reading/read-plan-problems.ts';
import type { ExplainedPlan } from '../sql/plan-reading/explained-plan.ts';
import { counted } from '../wording.ts';
import { amdahlVersion } from '../version.ts';
import { explainSchemaVersion, type ExplainResult } from './explain-result.ts';

/**
 * Reads a plan that somebody else had EXPLAIN print.
 *
 * @param others plans of the same log that are not shown
 */
export function explainGivenPlan(explained: ExplainedPlan, others: number = 0): ExplainResult {
  return {
    schemaVersion: explainSchemaVersion,
    amdahlVersion,
    origin: 'given',
    statement: explained.queryText,
    parameters: [],
    parameterSource: 'none',
    explained,
    problems: planProblems(explained),
    settings: explained.settings,
    notes: [
      ...(others === 0
        ? []
        : [
            `The log holds ${counted(others + 1, 'plan')}; this is the first. \`amdahl sql\` reads them all.`,
          ]),
      ...notesOn(explained),
    ],
  };
}

/** What the plan cannot tell. */
export function notesOn({ plan }: ExplainedPlan): readonly string[] {
  if (plan['Actual Loops'] === undefined) {
    return [
      'The plan was not executed: there are estimates only, and nothing is said of what they cannot show.',
    ];
  }
  return [
    ...(plan['Actual Total Time'] === undefined
      ? ['It was executed without timing: shares are those of the cost.']
      : []),
    ...(plan['Shared Hit Blocks'] === undefined
      ? ['BUFFERS was off: what was read from outside memory is not known.']
      : []),
  ];
}
