import type { PlanNode } from '../../artifacts/plans.ts';
import type { LabIndex } from '../../sql/index-definition.ts';
import { indexesUsed } from '../../sql/read-plan.ts';
import type { HollowLab } from '../hollow-lab.ts';
import type { LabStatement } from './lab-statement.ts';

/**
 * Plans of statements with sets of candidates, each asked for once.
 *
 * Two rules spare most questions. Only candidates that the statement could use count: on its tables,
 * with a first key it names. And a plan made while more candidates were in sight answers for a
 * smaller set too, as long as that set holds every candidate it uses: the planner would still find
 * it and had nothing cheaper then (S. Chaudhuri and V. Narasayya, "An efficient, cost-driven index
 * selection tool for Microsoft SQL Server", VLDB 1997, call these atomic configurations).
 */
export interface PlanCache {
  /** The plan as if these candidates existed; null when the lab cannot plan the statement. */
  plan(statement: LabStatement, indexes: ReadonlySet<LabIndex>): Promise<PlanNode | null>;
  /** Whether the statement's plan could change by this candidate. */
  couldUse(statement: LabStatement, index: LabIndex): boolean;
  /** Statements really planned. */
  readonly made: number;
}

interface Planned {
  readonly indexes: ReadonlySet<LabIndex>;
  readonly used: readonly LabIndex[];
  readonly plan: PlanNode;
}

/** @param serverVersionNumber of the target: `180004` */
export function planCache(lab: HollowLab, serverVersionNumber: number): PlanCache {
  const skips = serverVersionNumber >= firstWithSkipScan;
  const known = new Map<LabStatement, Planned[]>();
  const failed = new Set<LabStatement>();
  const couldUse = memoised((statement, index) => usable(statement, index, skips));
  let made = 0;
  return {
    couldUse,
    get made() {
      return made;
    },
    plan: async (statement, indexes) => {
      if (failed.has(statement)) return null;
      const relevant = new Set([...indexes].filter((index) => couldUse(statement, index)));
      const plans = known.get(statement) ?? [];
      const answer = plans.find(
        (each) =>
          [...relevant].every((index) => each.indexes.has(index)) &&
          each.used.every((index) => relevant.has(index)),
      );
      if (answer !== undefined) return answer.plan;
      made += 1;
      try {
        const { explainedText, parameters } = statement;
        const plan =
          relevant.size === 0
            ? await lab.explain(explainedText, parameters)
            : await lab.explainWith([...relevant], explainedText, parameters);
        const named = new Set([...indexesUsed(plan)].map((name) => lab.candidateNamed(name)));
        const used = [...relevant].filter((index) => named.has(index));
        known.set(statement, [...plans, { indexes: relevant, used, plan }]);
        return plan;
      } catch {
        failed.add(statement);
        return null;
      }
    },
  };
}

function memoised(
  compute: (statement: LabStatement, index: LabIndex) => boolean,
): PlanCache['couldUse'] {
  const known = new Map<LabStatement, Map<LabIndex, boolean>>();
  return (statement, index) => {
    const answers = known.get(statement) ?? new Map<LabIndex, boolean>();
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
