/**
 * The walk over the shop: with every sin on, each is found; with one fixed, its finding is gone and
 * the others stay. Each step is `amdahl run` through the real binary on a freshly started shop with
 * a database of its own, under the load that visits the routes concerned.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fixFor, type ReportedFinding } from '../examples/shop/demo/fixes.ts';
import { prepareShopDatabase, type ShopDatabases } from '../examples/shop/src/database/prepare.ts';
import { fixable, type SwitchName } from '../examples/shop/src/switches.ts';
import { CommandLine } from '../packages/amdahl/test/commands/amdahl.ts';
import { freePort } from '../packages/amdahl/test/fixtures/site.ts';
import { root } from './support/workspaces.ts';

/** 50,000 users and 500,000 orders: enough that each sin costs what an audit minds. */
const scale = 0.5;

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** A run of seconds draws few requests of each route and may by chance miss a sin. */
const tries = { retry: 4 };

interface Walk {
  readonly routes: string;
  /** In `support/loads`. */
  readonly script: string;
  readonly load: string;
  /** Every sin these routes show. */
  readonly sins: readonly SwitchName[];
  /**
   * What is fixed at each step. Several at once where one cannot be what removes the other's
   * finding: they lie on different routes or in different tiers.
   */
  readonly steps: readonly (readonly SwitchName[])[];
}

const walks: readonly Walk[] = [
  {
    routes: 'the pages',
    script: 'browsing.ts',
    load: '--users 8 --ramp-up 0s --duration 12s --cpu-profile 3s',
    sins: [
      'index',
      'n-plus-one',
      'large-result',
      'select-star',
      'sequential-io',
      'cache',
      'cpu',
      'pool',
      'leading-wildcard',
      'deep-offset',
      'compression',
      'non-sargable',
      'http-cache',
      'front-end',
    ],
    steps: [
      ['index', 'front-end'],
      ['n-plus-one', 'http-cache'],
      ['large-result', 'cpu'],
      ['sequential-io', 'non-sargable'],
      ['cache', 'deep-offset', 'compression'],
      ['select-star', 'pool', 'leading-wildcard'],
    ],
  },
  {
    routes: 'the orders',
    script: 'ordering.ts',
    load: '--users 8 --ramp-up 0s --duration 6s --no-cpu-profile',
    sins: ['lock-contention', 'jobs', 'events', 'redundant-index'],
    steps: [['lock-contention'], ['jobs'], ['events', 'redundant-index']],
  },
  {
    routes: 'the warehouse',
    script: 'warehouse.ts',
    load: '--users 4 --ramp-up 0s --duration 5s --no-cpu-profile',
    sins: ['duplicate-read', 'chatty-transaction'],
    steps: [['duplicate-read'], ['chatty-transaction']],
  },
  {
    routes: 'the back office',
    script: 'office.ts',
    load: '--users 8 --ramp-up 0s --duration 6s --no-cpu-profile',
    sins: [
      'not-in-subquery',
      'or-across-columns',
      'implicit-cast',
      'random-order',
      'existence-count',
      'deadlock',
      'idle-in-transaction',
    ],
    steps: [
      ['not-in-subquery', 'or-across-columns'],
      ['implicit-cast', 'random-order', 'existence-count'],
      ['deadlock', 'idle-in-transaction'],
    ],
  },
];

const loads = join(root, 'test/support/loads');

const words = (text: string): readonly string[] => text.split(' ');

let commandLine: CommandLine;
let databases: ShopDatabases;

beforeAll(async () => {
  commandLine = await CommandLine.create();
  databases = await prepareShopDatabase({
    scale,
    dataDirectory: join(commandLine.directory, 'data'),
    onProgress: () => undefined,
  });
});

afterAll(async () => {
  await databases?.stop();
  await commandLine?.end();
});

/** Runs Amdahl on a shop with these fixes and answers with the switches its findings ask for. */
async function sinsFound(
  fixes: readonly SwitchName[],
  script: string,
  load: readonly string[],
): Promise<readonly SwitchName[]> {
  const database = await databases.databaseFor(new Set(fixes));
  const port = String(await freePort());
  const recording = join(commandLine.directory, 'recording');
  const { stdout, stderr, exitCode } = await commandLine.run(
    [
      ...words('run --warmup 1s --json --config'),
      join(root, 'examples/shop/amdahl.config.ts'),
      ...words(`--url http://127.0.0.1:${port}/ --db ${database} --out ${recording}`),
      '--script',
      join(loads, script),
      ...load,
    ],
    { env: { DATABASE_URL: database, PORT: port, SHOP_FIX: fixes.join(',') } },
  );
  await rm(recording, { recursive: true, force: true });
  expect(stdout, `exit code ${exitCode}: ${stderr}`).toContain('"findings"');
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly ReportedFinding[] };
  return [...new Set(findings.map(fixFor).filter((name) => name !== null))];
}

test('every switch that has a fix is walked over', () => {
  const walked = [...walks.flatMap((walk) => walk.steps.flat()), 'memory'];
  expect(walked.toSorted()).toEqual([...fixable].sort());
});

describe.each(walks)('$routes', tries, ({ script, load, sins, steps }) => {
  test('show every sin', async () => {
    expect(await sinsFound([], script, words(load))).toEqual(expect.arrayContaining([...sins]));
  });

  test.each(steps.map((fixes) => [fixes.join(' and '), fixes] as const))(
    'show every sin but %s once it is fixed',
    async (_, fixes) => {
      const found = await sinsFound(fixes, script, words(load));
      const left = sins.filter((name) => !fixes.includes(name));
      expect(found).toEqual(expect.arrayContaining(left));
      expect(found.filter((name) => fixes.includes(name))).toEqual([]);
    },
  );
});

describe('the memory', () => {
  const load = [
    // A small heap is collected often, which is when a leak shows.
    '--app',
    'node --max-old-space-size=160 src/main.ts',
    ...words('--rate 150 --duration 10s'),
    '--no-cpu-profile',
  ];

  test('grows with the sin and not without', async () => {
    // Pages that come from the cache are cheap, so that there are many of them to be remembered.
    expect(await sinsFound(['cache'], 'remembering.ts', load)).toContain('memory');
    expect(await sinsFound(['cache', 'memory'], 'remembering.ts', load)).not.toContain('memory');
  });
});
