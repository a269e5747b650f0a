import type { CatalogArtifact, CatalogServer } from '../../artifacts/catalog.ts';

const msPerDay = 86_400_000;

type Counting = Pick<CatalogArtifact, 'readAt' | 'statisticsSince' | 'serverStarted'>;

/**
 * For how many days the usage counters of every server read have counted: since they were reset,
 * else at least since the server was started, which they survive. The youngest counts, as what
 * happened on that server before is not known. Null when one of them does not tell.
 */
export function countingDays({
  replicas = [],
  ...target
}: Counting & Pick<CatalogArtifact, 'replicas'>): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (const server of [target, ...replicas]) {
    const days = daysOf(server);
    if (days === null) return null;
    least = Math.min(least, days);
  }
  return least;
}

function daysOf({
  readAt,
  statisticsSince,
  serverStarted,
}: Counting | CatalogServer): number | null {
  const since = statisticsSince ?? serverStarted;
  if (readAt === undefined || since === undefined) return null;
  return (Date.parse(readAt) - Date.parse(since)) / msPerDay;
}
