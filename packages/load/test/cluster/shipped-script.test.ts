import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@amdahl/metrics';
import { expect, test } from 'vitest';
import { packScript, unpackScript } from '../../src/cluster/shipped-script.ts';
import { feeder } from '../../src/data/feeder.ts';
import { setPlacement } from '../../src/data/placement.ts';
import { loadScriptFile } from '../../src/script-file.ts';

const scripts = fileURLToPath(new URL('../scripts/', import.meta.url));

test('takes along what a script imports from beside it', async () => {
  const packed = await packScript(`${scripts}blocking-one.ts`);
  expect(packed.entry).toBe('blocking-one.ts');
  expect(Object.keys(packed.files).sort()).toEqual(['blocking-one.ts', 'losing-one.ts']);
  const { file, remove } = await unpackScript(packed);
  expect(await readFile(file, 'utf8')).toBe(packed.files['blocking-one.ts']);
  await remove();
  expect(existsSync(file)).toBe(false);
});

test('resolves the package of the machine it is unpacked on', async () => {
  const { file, remove } = await unpackScript(await packScript(`${scripts}small.ts`));
  try {
    expect((await loadScriptFile(file)).taskNames.length).toBeGreaterThan(0);
  } finally {
    await remove();
  }
});

test('writes nothing outside its folder', async () => {
  await expect(
    unpackScript({ entry: 'users.ts', files: { '../outside.ts': '' } }),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_BAD_SCRIPT' });
});

test('refuses a script that is not there', async () => {
  await expect(packScript(`${scripts}absent.ts`)).rejects.toMatchObject({
    code: 'AMDAHL_LOAD_BAD_SCRIPT',
  });
});

test('the data of feeders travels with the script', async () => {
  const file = fileURLToPath(new URL('../scripts/feeding.ts', import.meta.url));
  const packed = await packScript(file);
  expect(Object.keys(packed.files).sort()).toEqual([
    'data/accounts.csv',
    'data/words.json',
    'feeding.ts',
  ]);
  const { file: unpacked, remove } = await unpackScript(packed);
  setPlacement({ folder: dirname(unpacked), share: { index: 0, of: 1 } });
  expect(feeder.csv('data/accounts.csv').next({ random: seededRandom(1) })).toEqual({
    name: 'Ada',
    age: '36',
  });
  await remove();
});

test('takes away what a killed worker left behind', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const folder = (owner: number): Promise<string> =>
    mkdtemp(join(tmpdir(), `amdahl-worker-${owner}-`));
  const old = new Date(Date.now() - 3_600_000);
  const [dead, alive, fresh] = [await folder(pid), await folder(process.pid), await folder(pid)];
  await utimes(dead, old, old);
  await utimes(alive, old, old);
  const { remove } = await unpackScript(await packScript(`${scripts}small.ts`));
  expect([dead, alive, fresh].map((path) => existsSync(path))).toEqual([false, true, true]);
  await Promise.all([remove(), rm(alive, { recursive: true }), rm(fresh, { recursive: true })]);
});
