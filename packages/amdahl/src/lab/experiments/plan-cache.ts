import type { PlanNode } from '../../artifacts/plans.ts';
import type { LabIndex } from '../../sql/index-definition.ts';
import { costOf, indexesUsed } from '../../sql/read-plan.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { roleOf } from './index-role.ts';
import type { LabStatement } from './lab-statement.ts';

/**
 * Plans of statements with sets of candidates, each asked for once.
 *
 * Three rules spare most questions. Only candidates that the statement could use count: on its
 * tables, with a first key it names. Of those that it would put to the same use only the smallest
 * counts (index-role.ts). And a plan made while more candidates were in sight answers for a smaller
 * set too, as long as that set holds every candidate it uses: the planner would still find it and
 * had nothing cheaper then (S. Chaudhuri and V. Narasayya, "An efficient, cost-driven index
 * selection tool for Microsoft SQL Server", VLDB 1997, call these atomic configurations).
 */
export interface PlanCache {
  /** The plan as if these candidates existed; null when the lab cannot plan the statement. */
  plan(statement: LabStatement, indexes: ReadonlySet<LabIndex>): Promise<PlanNode | null>;
  /** The candidates that plan uses. */
  used(statement: LabStatement, indexes: ReadonlySet<LabIndex>): Promise<readonly LabIndex[]>;
  /**
   * Between which costs the statement lies with these candidates, by the plans made so far: no less
   * than what it cost while better ones were in sight, no more than by a plan that needs no other.
   */
  bounds(statement: LabStatement, indexes: ReadonlySet<LabIndex>): CostBounds;
  /** Whether the statement's plan could change by this candidate. */
  couldUse(statement: LabStatement, index: LabIndex): boolean;
  /** The smallest of these candidates for each use that the statement could make of one. */
  smallestOfRoles(
    statement: LabStatement,
    indexes: Iterable<LabIndex>,
  ): ReadonlyMap<string, LabIndex>;
  /** Statements really planned. */
  readonly made: number;
}

export interface CostBounds {
  readonly least: number;
  /** Infinite when nothing is known. */
  readonly most: number;
}

interface Planned {
  /** What was in sight, by role. */
  readonly indexes: ReadonlyMap<string, LabIndex>;
  readonly used: readonly LabIndex[];
  readonly plan: PlanNode;
}

/** @param serverVersionNumber of the target: `180004` */
export function planCache(lab: HollowLab, serverVersionNumber: number): PlanCache {
  const skips = serverVersionNumber >= firstWithSkipScan;
  const known = new Map<LabStatement, Planned[]>();
  const failed = new Set<LabStatement>();
  const couldUse = memoised((statement, index) => usable(statement, index, skips));
  const role = memoised(roleOf);
  const sizeOf = (index: LabIndex): number => lab.candidates.get(index)?.sizeBytes ?? 0;
  let made = 0;

  function smallestOfRoles(
    statement: LabStatement,
    indexes: Iterable<LabIndex>,
  ): ReadonlyMap<string, LabIndex> {
    const smallest = new Map<string, LabIndex>();
    for (const index of indexes) {
      if (!couldUse(statement, index)) continue;
      const name = role(statement, index);
      const other = smallest.get(name);
      if (other === undefined || sizeOf(index) < sizeOf(other)) smallest.set(name, index);
    }
    return smallest;
  }

  async function planned(
    statement: LabStatement,
    indexes: ReadonlySet<LabIndex>,
  ): Promise<Planned | null> {
    if (failed.has(statement)) return null;
    const relevant = smallestOfRoles(statement, indexes);
    const plans = known.get(statement) ?? [];
    const answer = plans.find(
      (each) =>
        [...relevant].every(([name, index]) => serves(each.indexes.get(name), index)) &&
        each.used.every((index) => relevant.get(role(statement, index)) === index),
    );
    if (answer !== undefined) return answer;
    made += 1;
    try {
      const { explainedText, parameters } = statement;
      const plan =
        relevant.size === 0
          ? await lab.explain(explainedText, parameters)
          : await lab.explainWith([...relevant.values()], explainedText, parameters);
      const named = new Set([...indexesUsed(plan)].map((name) => lab.candidateNamed(name)));
      const used = [...relevant.values()].filter((index) => named.has(index));
      const found = { indexes: relevant, used, plan };
      known.set(statement, [...plans, found]);
      return found;
    } catch {
      failed.add(statement);
      return null;
    }
  }

  /** Whether what is there does as well as the wanted one. */
  function serves(there: LabIndex | undefined, wanted: LabIndex): boolean {
    return there !== undefined && (there === wanted || sizeOf(there) <= sizeOf(wanted));
  }

  return {
    couldUse,
    smallestOfRoles,
    get made() {
      return made;
    },
    bounds: (statement, indexes) => {
      const relevant = smallestOfRoles(statement, indexes);
      let [least, most] = [0, Infinity];
      for (const each of known.get(statement) ?? []) {
        const cost = costOf(each.plan);
        const better = (): boolean =>
          [...relevant].every(([name, index]) => serves(each.indexes.get(name), index));
        const possible = (): boolean =>
          each.used.every((index) => serves(relevant.get(role(statement, index)), index));
        if (cost > least && better()) least = cost;
        if (cost < most && possible()) most = cost;
      }
      return { least: Math.min(least, most), most };
    },
    used: async (statement, indexes) => (await planned(statement, indexes))?.used ?? [],
    plan: async (statement, indexes) => (await planned(statement, indexes))?.plan ?? null,
  };
}

function memoised<Answer>(
  compute: (statement: LabStatement, index: LabIndex) => Answer,
): (statement: LabStatement, index: LabIndex) => Answer {
  const known = new Map<LabStatement, Map<LabIndex, Answer>>();
  return (statement, index) => {
    const answers = known.get(statement) ?? new Map<LabIndex, Answer>();
    known.set(statement, answers);
    const answer = answers.get(index) ?? compute(statement, index);
    answers.set(index, answer);
    return answer;
  };
}

/**
 * From this version on a B-tree also serves conditions on its later keys alone, by looking up each
 * value of the first (release notes of PostgreSQL 18). The lab's planner counts on that; a target
 * that cannot do it must not be promised so.
 */
const firstWithSkipScan = 180_000;

/** What stands behind a view is not in the shape: there every candidate of the table counts. */
function usable(
  { tables, shape }: LabStatement,
  { table, keys, predicate }: LabIndex,
  skips: boolean,
): boolean {
  if (!tables.includes(table)) return false;
  const blocks = shape.blocks.filter((block) =>
    block.relations.some((relation) => relation.table === table),
  );
  const first = keys[0]?.column;
  // The condition of a partial index finds rows, whatever its keys are.
  if (blocks.length === 0 || first === undefined || predicate !== undefined) return true;
  return blocks.some(({ relations, predicates, sort, group }) => {
    const named = [...predicates, ...sort, ...group].some(
      ({ relation, column }) => relation.table === table && column.name === first,
    );
    const read = relations.some(
      (relation) =>
        relation.table === table &&
        (relation.columnsRead === 'all' || relation.columnsRead.has(first)),
    );
    return named || (skips && read);
  });
}
