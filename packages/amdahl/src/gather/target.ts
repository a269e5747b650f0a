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
    const [row] = await database.query<{ name: string; version: string }>(
      "SELECT current_database() AS name, current_setting('server_version') AS version",
    );
    return { name: row?.name ?? '', version: row?.version ?? '' };
  } finally {
    await database.close();
  }
}
