import { listed } from '../wording.ts';
import { statementMs } from '../sql/plan-reading/node-figures.ts';
import { statementIdentity } from './statement-identity.ts';
import type { Workload, WorkloadStatement } from './workload.ts';

/** Parameter lists kept of one statement: planning with more hardly changes the median. */
const maxParameterLists = 5;

/**
 * One workload of several, such as the views of a primary and its replicas. Executions of one
 * statement add up, so sources that counted the same executions count them twice.
 */
export function mergeWorkloads(workloads: readonly Workload[]): Workload {
  const [first] = workloads;
  if (workloads.length === 1 && first !== undefined) return first;
  const counting = workloads.filter(({ statements }) =>
    statements.some(({ calls }) => calls !== null),
  );
  const twice =
    counting.length > 1
      ? ['Several sources counted executions: what more than one of them saw is counted twice.']
      : [];
  return {
    source: listed(
      workloads.map(({ source }) => source),
      workloads.length,
    ),
    statements: mergeStatements(workloads.flatMap(({ statements }) => statements)),
    unread: workloads.flatMap(({ unread }) => unread),
    warnings: [...new Set([...workloads.flatMap(({ warnings }) => warnings), ...twice])],
  };
}

/** One of those that differ only in values, those that took most time first. */
export function mergeStatements(
  statements: readonly WorkloadStatement[],
): readonly WorkloadStatement[] {
  const groups = Map.groupBy(statements, ({ text }) => statementIdentity(text));
  return byTime([...groups.values()].map(merged));
}

/** Those that took most time first; without times, those executed most often, else as they came. */
export function byTime(statements: readonly WorkloadStatement[]): readonly WorkloadStatement[] {
  return [...statements].sort((a, b) => totalMs(b) - totalMs(a) || (b.calls ?? 0) - (a.calls ?? 0));
}

function merged(group: readonly WorkloadStatement[]): WorkloadStatement {
  const [first, ...others] = group as readonly [WorkloadStatement, ...WorkloadStatement[]];
  if (others.length === 0) return first;
  // Parameter lists belong to the text they were sent with.
  const leading = group.find(({ parameterLists }) => parameterLists.length > 0) ?? first;
  const lists = group
    .filter(({ exampleText }) => exampleText === leading.exampleText)
    .flatMap(({ parameterLists }) => parameterLists);
  const different = new Map(lists.map((list) => [JSON.stringify(list), list]));
  const plans = group.flatMap(({ executedPlan }) => executedPlan ?? []);
  const origins = new Set(group.flatMap(({ origin }) => origin ?? []));
  return {
    text: first.text,
    exampleText: leading.exampleText,
    parameterLists: [...different.values()].slice(0, maxParameterLists),
    calls: sumOrNull(group.map(({ calls }) => calls)),
    meanMs: meanOf(group),
    rows: sumOrNull(group.map(({ rows }) => rows)),
    origin: origins.size === 0 ? null : listed([...origins]),
    executedPlan: plans.sort((a, b) => (statementMs(b) ?? 0) - (statementMs(a) ?? 0))[0] ?? null,
  };
}

/** Of those that were timed, each as often as it was executed. */
function meanOf(group: readonly WorkloadStatement[]): number | null {
  const timed = group.filter(({ meanMs }) => meanMs !== null);
  const calls = timed.reduce((sum, each) => sum + (each.calls ?? 1), 0);
  return calls === 0 ? null : timed.reduce((sum, each) => sum + totalMs(each), 0) / calls;
}

/** Null when none is known. */
function sumOrNull(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((sum, figure) => sum + figure, 0);
}

function totalMs({ calls, meanMs }: WorkloadStatement): number {
  return (calls ?? 1) * (meanMs ?? 0);
}
