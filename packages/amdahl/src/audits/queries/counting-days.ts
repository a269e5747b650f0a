import type { CatalogArtifact } from '../../artifacts/catalog.ts';

const msPerDay = 86_400_000;

/**
 * For how many days the usage counters have counted: since they were reset, else at least since the
 * server was started, which they survive. Null when neither is known.
 */
export function countingDays({
  readAt,
  statisticsSince,
  serverStarted,
}: Pick<CatalogArtifact, 'readAt' | 'statisticsSince' | 'serverStarted'>): number | null {
  const since = statisticsSince ?? serverStarted;
  if (readAt === undefined || since === undefined) return null;
  return (Date.parse(readAt) - Date.parse(since)) / msPerDay;
}
