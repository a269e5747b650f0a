import { cpus, platform, release, totalmem } from 'node:os';
import type { TargetArtifact } from '../artifacts/target.ts';
import { withoutPasswords } from '../artifacts/recorded-options.ts';
import { openReadOnly } from '../sql/read-only-database.ts';
import type { Gatherer } from './gatherer.ts';
import { coded } from './run-gatherers.ts';

/** The service as it was started, the machine it shares with the load generator, its database. */
export const targetGatherer: Gatherer<'target'> = {
  artifact: 'target',
  phase: 'before',
  label: 'looking at the target',
  gather: async ({ options, target, agents, warn }) => {
    const processors = cpus();
    return {
      url: target.url,
      command: options.app === null ? null : withoutPasswords(options.app),
      cwd: options.cwd,
      readyAfterMs: target.readyAfterMs,
      machine: {
        cpuModel: processors[0]?.model ?? 'unknown',
        cpuCount: processors.length,
        memoryBytes: totalmem(),
        platform: `${platform()} ${release()}`,
        nodeVersion: agents.processes()[0]?.nodeVersion ?? process.version,
      },
      database:
        options.database === null
          ? null
          : await describeDatabase(options.database).catch((error: unknown) => {
              // A wrong --db is said before the load, not after it.
              warn(coded(error));
              return null;
            }),
    };
  },
};

async function describeDatabase(
  connectionString: string,
): Promise<NonNullable<TargetArtifact['database']>> {
  const database = await openReadOnly(connectionString);
  try {
    const [row] = await database.query<{
      name: string;
      version: string;
      client: string | null;
      pid: number;
    }>(
      "SELECT current_database() AS name, current_setting('server_version') AS version, " +
        'host(inet_client_addr()) AS client, pg_backend_pid() AS pid',
    );
    return {
      name: row?.name ?? '',
      version: row?.version ?? '',
      ...(row !== undefined && { onMachine: isLocal(row.client) && isRunning(row.pid) }),
    };
  } finally {
    await database.close();
  }
}

/** Whether a server that sees its client there is on the client's machine: a Unix socket has no address. */
function isLocal(client: string | null): boolean {
  return client === null || client === '::1' || client.startsWith('127.');
}

/** Behind a tunnel or in a container the server calls its client local too; its processes are not. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
