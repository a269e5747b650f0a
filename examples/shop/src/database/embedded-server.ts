import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from 'amdahl/lab';

/** An embedded server whose data folder belongs to this process until it stops. */
export interface EmbeddedServer extends PostgresServer {
  /** Declares the data complete: the next start keeps it. */
  keep(): void;
}

/**
 * Nothing is replicated from the shop, so no log is written for tables that are made and filled in
 * one transaction. The rest is what an administrator would set on a small server.
 */
const settings = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  shared_buffers: '256MB',
  max_connections: '200',
};

/**
 * Starts PostgreSQL on `<directory>/cluster`. A folder that was not declared complete, because its
 * seed was interrupted, is emptied first. One process at a time may use the folder.
 *
 * @throws Error when another process uses the folder
 */
export async function startEmbeddedServer(directory: string): Promise<EmbeddedServer> {
  mkdirSync(directory, { recursive: true });
  const unlock = lock(join(directory, 'lock'), directory);
  const complete = join(directory, 'complete');
  const cluster = join(directory, 'cluster');
  try {
    if (!existsSync(complete)) rmSync(cluster, { recursive: true, force: true });
    const server = await startPostgres({ dataDirectory: cluster, settings });
    return {
      ...server,
      keep: () => writeFileSync(complete, ''),
      stop: async () => {
        await server.stop();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Takes a lock file that names this process; one left behind by a dead process is taken over. */
function lock(file: string, directory: string): () => void {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(file, 'utf8'));
    if (isAlive(owner)) {
      throw new Error(
        `Expected to be the only user of the shop's data in ${directory}; found process ${owner} ` +
          `using it. Stop that one, or give another data directory or DATABASE_URL.`,
      );
    }
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
