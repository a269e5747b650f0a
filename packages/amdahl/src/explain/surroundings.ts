import type { PlanNode } from '../artifacts/plans.ts';
import type { QueryFunction } from '../sql/explain.ts';
import { planNodes } from '../sql/read-plan.ts';

/** What a plan hangs on beside its statement. */
export interface Surroundings {
  /** Settings that have to do with plans, with their units: `work_mem` is `4MB`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly standby: boolean;
}

/** Shown beside each plan; what else differs from its default EXPLAIN tells by itself. */
const settingNames: readonly string[] = [
  'work_mem',
  'hash_mem_multiplier',
  'shared_buffers',
  'effective_cache_size',
  'random_page_cost',
  'jit',
  'jit_above_cost',
  'max_parallel_workers_per_gather',
  'max_parallel_workers',
  'plan_cache_mode',
];

export async function readSurroundings(query: QueryFunction): Promise<Surroundings> {
  const rows = await query(
    `SELECT name, current_setting(name) AS value, pg_is_in_recovery() AS standby
       FROM pg_settings WHERE name = ANY ($1)`,
    [settingNames],
  );
  return {
    settings: Object.fromEntries(rows.map((row) => [String(row['name']), String(row['value'])])),
    standby: rows[0]?.['standby'] === true,
  };
}

/** Rows of the plan's tables, by name and by schema and name; those of one name added up. */
export async function rowCounts(
  query: QueryFunction,
  plan: PlanNode,
): Promise<ReadonlyMap<string, number>> {
  const tables = [...planNodes(plan)].flatMap((node) => node['Relation Name'] ?? []);
  if (tables.length === 0) return new Map();
  const rows = await query(
    `SELECT n.nspname AS schema, c.relname AS name, c.reltuples::float8 AS rows
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = ANY ($1) AND c.reltuples >= 0 AND pg_table_is_visible(c.oid)`,
    [tables],
  );
  return new Map(
    rows.flatMap(({ schema, name, rows: count }): [string, number][] => [
      [String(name), Number(count)],
      [`${String(schema)}.${String(name)}`, Number(count)],
    ]),
  );
}
