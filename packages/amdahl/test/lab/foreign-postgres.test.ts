import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startPostgres } from '../../src/lab/postgres.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';

test.skipIf(systemPostgres === null)(
  `an installed PostgreSQL of another version starts like the embedded one${needsSystemPostgres}`,
  async () => {
    const server = await startPostgres({ programs: systemPostgres as string });
    const client = new Client({ connectionString: server.url() });
    try {
      await client.connect();
      const { rows } = await client.query(
        `SELECT current_setting('server_version_num')::int / 10000 AS major`,
      );
      expect(rows).toEqual([{ major: 15 }]);
    } finally {
      await client.end();
      await server.stop();
    }
  },
);
