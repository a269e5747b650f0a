import type { CatalogArtifact } from '../../artifacts/catalog.ts';
import { counted } from '../../wording.ts';

/** Each server of a cluster counts the scans of indexes that were asked of it alone. */

/** Which servers' scans are missing in the catalog, as a clause; null when none are known to be. */
export function uncountedScans({
  standby,
  replicas = [],
  unreadStandbys,
  replicaProblem,
}: CatalogArtifact): string | null {
  if (replicaProblem !== undefined) return `a replica was not read: ${replicaProblem}`;
  if (standby === true && replicas.every((server) => server.standby)) {
    return 'a standby counts its own scans only: read the primary, and the other standbys with --replica';
  }
  if (typeof unreadStandbys !== 'number' || unreadStandbys === 0) return null;
  return `${counted(unreadStandbys, 'standby', 'standbys')} ${replicas.length === 0 ? '' : 'more '}of this cluster ${unreadStandbys === 1 ? 'counts its' : 'count their'} own scans: give ${unreadStandbys === 1 ? 'it' : 'each of them'} with --replica`;
}

/** What to know about replicas before an index is dropped. */
export function aboutReplicas({ replicas = [], unreadStandbys }: CatalogArtifact): string {
  if (replicas.length === 0) {
    return unreadStandbys === 0
      ? 'No standby streams from here. One that gets its log from an archive is seen nowhere and counts its own scans: give it with --replica.'
      : 'Replicas count their own scans: give each of them with --replica, or look at its pg_stat_user_indexes.';
  }
  return `Scans of ${replicas.map(({ name }) => name).join(', ')} are counted in. A standby that gets its log from an archive is seen nowhere, unless given with --replica.`;
}
