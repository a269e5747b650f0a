import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OptionValues } from '../src/commands/options.ts';
import { readObjectives, type GivenObjectives } from '../src/config/objectives-text.ts';
import { resolveLoadOptions, resolveRunOptions } from '../src/resolve-options.ts';
import type { RunOptions } from '../src/run-options.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'amdahl-test-'));
});

afterEach(() => rm(cwd, { recursive: true }));

const epochMs = Date.UTC(2026, 10, 23, 9, 30);

function resolve(
  flags: OptionValues,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunOptions> {
  return resolveRunOptions(flags, { environment, cwd, epochMs });
}

function writeConfig(text: string, name = 'amdahl.config.ts'): Promise<void> {
  return writeFile(join(cwd, name), text);
}

describe('precedence', () => {
  test('defaults stand where nothing is said', async () => {
    expect(await resolve({ url: 'http://127.0.0.1:3000/' })).toEqual({
      app: null,
      cwd,
      env: {},
      url: 'http://127.0.0.1:3000/',
      readyPath: '/',
      readyTimeoutMs: 30_000,
      database: null,
      replicas: [],
      databaseLog: null,
      script: null,
      exclude: [],
      profile: { model: 'closed', users: 10, rampUp: 0, warmup: 5_000, duration: 20_000 },
      workers: 1,
      seed: 1,
      objectives: { default: { goodMs: 100, acceptableMs: 500 }, routes: {}, errorShare: 0.01 },
      cpuProfileMs: 5_000,
      out: join(cwd, '.amdahl', '2026-11-23T09-30-00-000'),
      agent: true,
      analyze: false,
      mask: false,
    });
  });

  test('flags win over the environment, the environment over the file, the file over defaults', async () => {
    await writeConfig(`export default {
      url: 'http://file/', readyPath: '/file', workers: 2, seed: 2, readyTimeout: '2s',
      env: { A: 'file', B: 'file', C: 'file' },
    }`);
    const variables = { AMDAHL_READY_PATH: '/variable', AMDAHL_WORKERS: '3', AMDAHL_SEED: '3' };
    const options = await resolve({ seed: 4, env: { A: 'flag' } }, variables);
    expect(options).toMatchObject({
      seed: 4,
      workers: 3,
      readyPath: '/variable',
      url: 'http://file/',
      readyTimeoutMs: 2_000,
      env: { A: 'flag', B: 'file', C: 'file' },
    });
  });

  test('holds for the load profile', async () => {
    await writeConfig(`export default {
      url: 'http://file/', profile: { model: 'closed', users: 5, duration: '10s', warmup: '1s' },
    }`);
    expect((await resolve({}, { AMDAHL_USERS: '6' })).profile).toMatchObject({
      users: 6,
      duration: '10s',
    });
    expect((await resolve({ users: 7, duration: 3_000 }, { AMDAHL_RATE: '6' })).profile).toEqual({
      model: 'closed',
      users: 7,
      duration: 3_000,
      warmup: '1s',
    });
  });

  test('holds for each objective', async () => {
    await writeConfig(`export default {
      url: 'http://file/',
      objectives: { default: 'p95 < 10ms', errors: '< 5%', 'GET /a': 'p95 < 1ms' },
    }`);
    const flags = {
      objectives: readObjectives('p95 < 20ms, acceptable < 30ms') as GivenObjectives,
    };
    expect((await resolve(flags)).objectives).toEqual({
      default: { goodMs: 20, acceptableMs: 30 },
      errorShare: 0.05,
      routes: { 'GET /a': { goodMs: 1, acceptableMs: 1 } },
    });
  });

  test('an objective a run cannot be held to is refused', async () => {
    const flags = { url: 'http://x/', objectives: readObjectives('p99 < 1s') as GivenObjectives };
    await expect(resolve(flags)).rejects.toThrow('"p99 < 1s"');
    const { gates } = await resolveLoadOptions(flags, { environment: {}, cwd, epochMs });
    expect(gates.map(({ text }) => text)).toEqual(['p99 < 1s']);
  });

  test('an empty variable says nothing', async () => {
    expect((await resolve({ url: 'http://x/' }, { AMDAHL_APP: '' })).app).toBeNull();
  });
});

describe('relative paths', () => {
  test('of the file start at the file, those of flags at the current folder', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'amdahl-test-'));
    try {
      const config = join(elsewhere, 'custom.mjs');
      await writeFile(config, `export default { url: 'http://file/', script: 'users.ts' }`);
      expect(await resolve({ config, out: 'here' })).toMatchObject({
        script: join(elsewhere, 'users.ts'),
        cwd: elsewhere,
        out: join(cwd, 'here'),
      });
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});

describe('the configuration file', () => {
  test.each(['amdahl.config.ts', 'amdahl.config.js', 'amdahl.config.mjs'])(
    'is found as %s',
    async (name) => {
      await writeFile(join(cwd, 'package.json'), '{"type":"module"}');
      await writeConfig(`export default { url: 'http://found/' }`, name);
      expect((await resolve({})).url).toBe('http://found/');
    },
  );

  test.each([
    ['an unknown key', `{ ulr: 'http://x/', objective: 'x' }`, '"ulr"', 'Remove it'],
    ['a key written wrong', `{ readyPaht: '/' }`, '"readyPaht"', 'Did you mean "readyPath"?'],
    ['a text for a number', `{ workers: 'two' }`, '"two"', 'Change "workers" in'],
    ['a number below its range', `{ workers: 0 }`, '0', 'Change "workers" in'],
    ['a wrong duration', `{ readyTimeout: 'soon' }`, '"soon"', 'Change "readyTimeout"'],
    ['a wrong objective', `{ objectives: 'fast' }`, '"fast"', 'Change "objectives"'],
    ['a wrong URL', `{ url: 'localhost' }`, '"localhost"', 'Change "url"'],
    ['a wrong profile', `{ profile: { users: 3 } }`, '{"users":3}', 'Change "profile"'],
    ['a function', `{ app: () => 'x' }`, 'a function', 'Change "app"'],
    ['a wrong environment', `{ env: { A: 1 } }`, '{"A":1}', 'Change "env"'],
    ['a wrong switch', `{ agent: 'maybe' }`, '"maybe"', 'Change "agent"'],
    ['no object', `'http://x/'`, 'a value of type string', 'defineConfig'],
  ])(
    'with %s is refused, naming key, value and what was expected',
    async (_, text, found, next) => {
      await writeConfig(`export default ${text};`);
      await expect(resolve({})).rejects.toMatchObject({
        code: 'AMDAHL_CONFIG_INVALID',
        found: expect.stringContaining(found),
        next: expect.stringContaining(next),
      });
    },
  );

  test('without a default export is refused', async () => {
    await writeConfig(`export const url = 'http://x/';`);
    await expect(resolve({})).rejects.toMatchObject({ found: 'no default export' });
  });

  test.each([
    ['throws', `throw new TypeError('no luck');`, 'TypeError: no luck'],
    ['cannot be parsed', `export default {`, 'xpected'],
    ['imports what is not there', `import 'not-installed';`, 'not-installed'],
  ])('that %s is unreadable', async (_, text, found) => {
    await writeConfig(text);
    await expect(resolve({})).rejects.toMatchObject({
      code: 'AMDAHL_CONFIG_UNREADABLE',
      found: expect.stringContaining(found),
    });
  });

  test('that is named and missing is told', async () => {
    await expect(resolve({ config: 'nowhere.ts' })).rejects.toMatchObject({
      code: 'AMDAHL_CONFIG_NOT_FOUND',
      found: expect.stringContaining('nowhere.ts'),
    });
  });
});

test('a wrong variable is refused by its name', async () => {
  await expect(resolve({ url: 'http://x/' }, { AMDAHL_USERS: 'many' })).rejects.toMatchObject({
    code: 'AMDAHL_CONFIG_INVALID',
    expected: expect.stringContaining('AMDAHL_USERS'),
    found: '"many"',
  });
});

test('options that contradict each other are refused', async () => {
  await expect(resolve({ url: 'http://x/', users: 1, rate: 2 })).rejects.toMatchObject({
    code: 'AMDAHL_CONFIG_INVALID',
    found: '{"users":1,"rate":2}',
  });
});

test('a run without a URL is told how to give one', async () => {
  await expect(resolve({ app: 'node server.js' })).rejects.toMatchObject({
    code: 'AMDAHL_CLI_BAD_USAGE',
    next: expect.stringContaining('--url'),
  });
});
