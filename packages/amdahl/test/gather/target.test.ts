import type { AmdahlError } from '@amdahl/metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Artifacts } from '../../src/artifacts/artifacts.ts';
import { targetGatherer } from '../../src/gather/target.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { defaultOptions } from '../fixtures/default-options.ts';
import { gatherContext } from '../fixtures/gather-context.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server?.stop();
});

async function gather(
  database: string | null,
  warnings: AmdahlError[] = [],
): Promise<Artifacts['target']> {
  const options = { ...defaultOptions(), database };
  return (await targetGatherer.gather(gatherContext({ options }, warnings))) as Artifacts['target'];
}

test('a database whose processes run here is on this machine', async () => {
  const { database, machine } = await gather(server.url());
  expect(database).toMatchObject({ name: 'postgres', onMachine: true });
  expect(database?.version).toMatch(/^\d+/);
  expect(machine.cpuCount).toBeGreaterThan(0);
});

test('one that does not answer is said before the load', async () => {
  const warnings: AmdahlError[] = [];
  const { database } = await gather('postgresql://postgres@127.0.0.1:1/postgres', warnings);
  expect(database).toBeNull();
  expect(warnings.map(({ code }) => code)).toEqual(['AMDAHL_DATABASE_UNREACHABLE']);
});

test('without one nothing is asked', async () => {
  expect((await gather(null)).database).toBeNull();
});
