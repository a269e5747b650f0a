import type { CatalogRows } from './catalog-from-rows.ts';
import { nameKey } from './hierarchy.ts';
import type { ReplicaReading } from './read-replicas.ts';

/** What replicas counted, or why they could not be read. */
export type GivenReplicas = readonly ReplicaReading[] | { readonly problem: string };

/**
 * Adds what the other servers counted to the target's own counters: an index is read when it is read
 * on any of them, a table written on the primary alone.
 */
export function addReplicas(rows: CatalogRows, replicas: GivenReplicas): CatalogRows {
  if ('problem' in replicas) {
    return { ...rows, replication: { ...rows.replication, replicaProblem: replicas.problem } };
  }
  if (replicas.length === 0) return rows;
  return {
    ...rows,
    tables: rows.tables.map((table) => {
      const written = replicas.map(({ writes }) => writes.get(nameKey(table)));
      return {
        ...table,
        inserted: total(table.inserted, written, 'inserted'),
        updated: total(table.updated, written, 'updated'),
        deleted: total(table.deleted, written, 'deleted'),
      };
    }),
    indexes: rows.indexes.map((index) => ({
      ...index,
      scans: replicas.reduce(
        (sum, { scans }) => sum + (scans.get(nameKey(index)) ?? 0),
        index.scans,
      ),
    })),
    replication: {
      replicas: replicas.map(({ server }) => server),
      unreadStandbys: unreadStandbys(rows, replicas),
    },
  };
}

function total<Field extends string>(
  own: number,
  others: readonly (Readonly<Record<Field, number>> | undefined)[],
  field: Field,
): number {
  return others.reduce((sum, other) => sum + (other?.[field] ?? 0), own);
}

/**
 * Every standby that streams is seen by the server it streams from, a cascade's too. Those read are
 * among them, unless they get the log from an archive; the target is, when it is one itself.
 */
function unreadStandbys(
  { server, replication }: CatalogRows,
  replicas: readonly ReplicaReading[],
): number | null {
  const own = replication.unreadStandbys ?? null;
  if (own === null || replicas.some(({ standbys }) => standbys === null)) return null;
  const seen = replicas.reduce((sum, { standbys }) => sum + (standbys ?? 0), own);
  const hasPrimary = replicas.some(({ server: { standby } }) => !standby);
  const read = replicas.filter(({ streams }) => streams).length;
  return Math.max(0, seen - read - (server.standby && hasPrimary ? 1 : 0));
}
