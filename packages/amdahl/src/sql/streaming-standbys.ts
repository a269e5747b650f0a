import { isDatabaseError, type ReadOnlyDatabase } from './read-only-database.ts';

/**
 * Who streams from this server physically. Any role sees how many there are; only members of
 * pg_read_all_stats see their names, by which backups and archives of the write-ahead log
 * (`pg_basebackup`, `pg_receivewal`, `barman_receive_wal`) are told from standbys.
 */
const query = `
SELECT count(*)::int AS standbys
FROM pg_stat_replication s
WHERE coalesce(s.state, '') <> 'backup'
  AND coalesce(s.application_name, '') !~* 'basebackup|receive_?wal'
  AND NOT EXISTS (SELECT FROM pg_replication_slots l
                  WHERE l.active_pid = s.pid AND l.slot_type = 'logical')`;

/** How many standbys stream from the server; null when the role may not know. */
export async function streamingStandbys(database: ReadOnlyDatabase): Promise<number | null> {
  try {
    const [row] = await database.query<{ readonly standbys: number }>(query);
    return row?.standbys ?? null;
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return null;
  }
}
