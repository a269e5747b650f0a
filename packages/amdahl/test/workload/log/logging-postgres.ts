import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { vi } from 'vitest';
import { startPostgres } from '../../../src/lab/postgres.ts';

/**
 * Runs `work` against a server that logs to files in all its formats, and answers the folder with
 * the finished logs: `server.log`, `server.csv`, `server.json`. The caller removes it.
 */
export async function logsOf(
  work: (client: Client) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
  programs: string | null = null,
): Promise<string> {
  const server = await startPostgres({
    ...(programs === null ? {} : { programs }),
    settings: {
      logging_collector: 'on',
      log_directory: 'log',
      log_filename: 'server.log',
      log_destination: 'stderr,csvlog,jsonlog',
      log_min_duration_statement: '0',
      log_line_prefix: '%m [%p] %q%u@%d ',
      ...settings,
    },
  });
  try {
    const client = new Client({ connectionString: server.url() });
    await client.connect();
    await work(client);
    await client.end();
    const folder = mkdtempSync(join(tmpdir(), 'amdahl-logs-'));
    await server.restart(async () => {
      const logs = join(server.dataDirectory, 'log');
      // The collector outlives the server, whose last words end every file.
      await vi.waitFor(
        () => {
          for (const name of readdirSync(logs)) {
            assert.match(readFileSync(join(logs, name), 'utf8'), /database system is shut down/);
          }
        },
        { timeout: 30_000, interval: 10 },
      );
      for (const name of readdirSync(logs)) cpSync(join(logs, name), join(folder, name));
    });
    return folder;
  } finally {
    await server.stop();
  }
}
