import { costOf, planShape } from '../../sql/read-plan.ts';
import type { HollowLab } from '../hollow-lab.ts';
import type { LabStatement } from './lab-statement.ts';

/** The lab's own planner; a target of this version or later needs no allowance. */
const labVersionNumber = 180_000;
/** Tried besides what the target has. Below 1 PostgreSQL takes none. */
const shares = [1, 0.9, 0.8, 0.7, 0.6, 0.5];
/** Two costs are the same when they differ by no more than this. */
const sameCost = 0.001;

/**
 * Lends the lab the target's judgement of what fits into memory, where the target is older.
 *
 * Releases differ in what they take an entry of a hash table for (PostgreSQL 16 made the headers of
 * memory chunks half as large, 18 the entries of GROUP BY smaller), so that near the limit the lab
 * hashes what the target sorts. The limit, `hash_mem_multiplier` × `work_mem`, is therefore set
 * where most statements get the plans the target gave them; of equals, where most get its costs,
 * and of those the one nearest to the target's own.
 *
 * @returns what the target's multiplier was made less by: 1 for nothing
 */
export async function agreeWithTarget(
  lab: HollowLab,
  statements: readonly LabStatement[],
  serverVersionNumber: number,
): Promise<number> {
  if (serverVersionNumber >= labVersionNumber) return 1;
  const [row] = await lab.query(`SELECT current_setting('hash_mem_multiplier') AS value`);
  const own = Number(row?.['value']);
  let best = { share: 1, shapes: -1, costs: -1 };
  for (const share of shares.filter((each) => each === 1 || own * each >= 1)) {
    await setMultiplier(lab, own * share);
    const { shapes, costs } = await agreement(lab, statements);
    const isBetter = shapes > best.shapes || (shapes === best.shapes && costs > best.costs);
    if (isBetter) best = { share, shapes, costs };
    if (best.shapes === statements.length) break;
  }
  await setMultiplier(lab, own * best.share);
  return best.share;
}

async function setMultiplier(lab: HollowLab, value: number): Promise<void> {
  await lab.query(`SELECT set_config('hash_mem_multiplier', $1, false)`, [value.toFixed(3)]);
}

/** How many statements the lab plans as the target does, and at how many of its costs. */
async function agreement(
  lab: HollowLab,
  statements: readonly LabStatement[],
): Promise<{ readonly shapes: number; readonly costs: number }> {
  let [shapes, costs] = [0, 0];
  for (const { explainedText, parameters, plan } of statements) {
    try {
      const found = await lab.explain(explainedText, parameters);
      if (planShape(found) === planShape(plan)) shapes += 1;
      if (Math.abs(costOf(found) - costOf(plan)) <= sameCost * costOf(plan)) costs += 1;
    } catch {
      // What it cannot plan, it plans with no limit.
    }
  }
  return { shapes, costs };
}
