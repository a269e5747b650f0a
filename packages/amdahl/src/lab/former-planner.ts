import type { CatalogArtifact } from '../artifacts/catalog.ts';

/** A setting that came with a version, and how the planner was before it came. */
interface Since {
  readonly version: number;
  readonly name: string;
  readonly before: string;
}

/**
 * Of the release notes of PostgreSQL 13 to 18 ("E.2. Migration", "Query Tuning"): what the planner
 * learned and can be told to forget. Not to be had back are Hash Right Anti Join (16), Right Semi Join
 * (18) and TID range scans (14), which no setting governs.
 */
const learned: readonly Since[] = [
  { version: 130_000, name: 'enable_incremental_sort', before: 'off' },
  { version: 140_000, name: 'enable_memoize', before: 'off' },
  { version: 140_000, name: 'enable_async_append', before: 'off' },
  // 1 by default in 13 and 14, and in effect also in 12, which has none.
  { version: 150_000, name: 'hash_mem_multiplier', before: '1' },
  { version: 160_000, name: 'enable_presorted_aggregate', before: 'off' },
  { version: 170_000, name: 'enable_group_by_reordering', before: 'off' },
  { version: 180_000, name: 'enable_distinct_reordering', before: 'off' },
  { version: 180_000, name: 'enable_self_join_elimination', before: 'off' },
];

/** Names that settings had before they were given another: `force_parallel_mode` up to 15. */
const renamed: Readonly<Record<string, string>> = { force_parallel_mode: 'debug_parallel_query' };

/**
 * The target's settings of the planner as the lab understands them. Of the target only what differs
 * from its own version's defaults is known; the lab's are those of 18.
 */
export function plannerSettings({
  settings,
  serverVersionNumber,
}: Pick<CatalogArtifact, 'settings' | 'serverVersionNumber'>): Readonly<Record<string, string>> {
  const former = learned.filter(({ version }) => serverVersionNumber < version);
  return Object.fromEntries([
    ...former.map(({ name, before }) => [name, before] as const),
    ...Object.entries(settings).map(([name, value]) => [renamed[name] ?? name, value] as const),
  ]);
}
