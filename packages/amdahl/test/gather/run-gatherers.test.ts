import { describe, expect, test } from 'vitest';
import type { LoadProgress } from '@amdahl/load';
import type { ArtifactName, Gathered, GatheredArtifacts } from '../../src/artifacts/artifacts.ts';
import type { Gatherer } from '../../src/gather/gatherer.ts';
import type { LoadDriver } from '../../src/gather/load.ts';
import { runGatherers } from '../../src/gather/run-gatherers.ts';
import { loadOf, request } from '../fixtures/load.ts';
import { gatherContext } from '../fixtures/gather-context.ts';
import { defaultOptions } from '../fixtures/default-options.ts';

/** What happened, in order. */
let log: string[];

const progress: LoadProgress = {
  phase: 'measuring',
  elapsedMs: 0,
  plannedMs: 1,
  done: 0,
  failed: 0,
  ratePerSecond: 0,
  inFlight: 0,
  p50Ms: 0,
  p95Ms: 0,
  generatorLagP99Ms: 0,
  generatorCpuShare: 0,
};

const driver: LoadDriver = {
  drive: async (_artifacts, _profile, _signal, onProgress) => {
    log.push('load begins');
    onProgress?.(progress);
    await Promise.resolve();
    log.push('load ends');
    return loadOf([request('GET /', 10)]).result;
  },
};

function gatherer(
  artifact: ArtifactName,
  phase: Gatherer['phase'],
  gather: Gatherer['gather'] = () => Promise.resolve({ absent: 'nothing there' }),
): Gatherer {
  return {
    artifact,
    phase,
    label: artifact,
    gather: (context) => {
      log.push(`${artifact} ${phase}`);
      return gather(context);
    },
  };
}

interface Run {
  readonly artifacts: GatheredArtifacts;
  readonly saved: readonly (readonly [ArtifactName, Gathered['status']])[];
}

async function run(
  gatherers: readonly Gatherer[],
  changes: { readonly signal?: AbortSignal; readonly driver?: LoadDriver } = {},
): Promise<Run> {
  log = [];
  const saved: (readonly [ArtifactName, Gathered['status']])[] = [];
  const options = defaultOptions({ profile: { model: 'closed', users: 1, duration: 1_000 } });
  const {
    artifacts: _,
    driveLoad: __,
    ...context
  } = gatherContext({
    options,
    ...(changes.signal === undefined ? {} : { signal: changes.signal }),
  });
  const artifacts = await runGatherers({
    gatherers,
    context,
    driver: changes.driver ?? driver,
    onPhase: () => undefined,
    onProgress: () => undefined,
    save: (name, gathered) => {
      saved.push([name, gathered.status]);
      return Promise.resolve();
    },
  });
  return { artifacts, saved };
}

const locks = {
  intervalMs: 1,
  samples: 0,
  waits: [],
  idleInTransaction: [],
  events: [],
  deadlocks: null,
  warnings: [],
};
const plans = { plans: [] };

test('the phases follow each other, and each artifact is saved as soon as it is there', async () => {
  const { saved, artifacts } = await run([
    gatherer('plans', 'after', (context) => {
      expect(context.artifacts.load?.status).toBe('ok');
      expect(context.artifacts.locks).toEqual({ status: 'ok', value: locks });
      return Promise.resolve(plans);
    }),
    gatherer('locks', 'during', () =>
      Promise.resolve(() => {
        log.push('locks end');
        return Promise.resolve(locks);
      }),
    ),
    gatherer('routes', 'before'),
  ]);
  expect(log).toEqual([
    'routes before',
    'locks during',
    'load begins',
    'load ends',
    'locks end',
    'plans after',
  ]);
  expect(saved.slice(0, 4)).toEqual([
    ['routes', 'absent'],
    ['load', 'ok'],
    ['locks', 'ok'],
    ['plans', 'ok'],
  ]);
  expect(artifacts.catalog).toEqual({ status: 'absent', reason: 'nothing gathers it' });
});

describe('a gatherer that fails', () => {
  test.each<[Gatherer['phase']]>([['before'], ['during'], ['after']])(
    'in the phase %s costs only its own artifact',
    async (phase) => {
      const { artifacts } = await run([
        gatherer('locks', phase, () => Promise.reject(new TypeError('broken'))),
        gatherer('plans', 'after', () => Promise.resolve(plans)),
      ]);
      expect(artifacts.locks).toMatchObject({
        status: 'failed',
        error: { code: 'AMDAHL_GATHER_FAILED', found: 'broken' },
      });
      expect(artifacts.plans).toEqual({ status: 'ok', value: plans });
      expect(artifacts.load.status).toBe('ok');
    },
  );

  test('at its end costs only its own artifact', async () => {
    const { artifacts } = await run([
      gatherer('locks', 'during', () =>
        Promise.resolve(() => Promise.reject(new Error('lost the connection'))),
      ),
    ]);
    expect(artifacts.locks).toMatchObject({ status: 'failed' });
    expect(artifacts.load.status).toBe('ok');
  });

  test('is not covered up by a later one of the same artifact', async () => {
    const { artifacts } = await run([
      gatherer('routes', 'before', () => Promise.reject(new Error('broken'))),
      gatherer('routes', 'after'),
    ]);
    expect(artifacts.routes.status).toBe('failed');
  });
});

test('a later gatherer is asked where an earlier one had nothing', async () => {
  const routes = { source: 'script' as const, script: null, routes: [], leftOut: [] };
  const { artifacts } = await run([
    gatherer('routes', 'before'),
    gatherer('routes', 'after', () => Promise.resolve(routes)),
  ]);
  expect(artifacts.routes).toEqual({ status: 'ok', value: routes });
});

test('a load that fails is an artifact too, and what watched it ends', async () => {
  const failing: LoadDriver = {
    drive: () => Promise.reject(new Error('no such script')),
  };
  const { artifacts } = await run(
    [gatherer('locks', 'during', () => Promise.resolve(() => Promise.resolve(locks)))],
    { driver: failing },
  );
  expect(artifacts.load).toMatchObject({ status: 'failed', error: { found: 'no such script' } });
  expect(artifacts.locks.status).toBe('ok');
});

test('a run cut short keeps the load and leaves out the rest', async () => {
  const controller = new AbortController();
  const interrupted: LoadDriver = {
    drive: (...args) => {
      controller.abort(new Error('Ctrl-C'));
      return driver.drive(...args);
    },
  };
  const { artifacts } = await run(
    [
      gatherer('locks', 'during', () => Promise.resolve(() => Promise.resolve(locks))),
      gatherer('plans', 'after', () => Promise.resolve(plans)),
    ],
    { signal: controller.signal, driver: interrupted },
  );
  expect(artifacts.load.status).toBe('ok');
  expect(artifacts.locks.status).toBe('ok');
  expect(artifacts.plans).toEqual({
    status: 'absent',
    reason: 'the run was cut short: Ctrl-C',
  });
  expect(log).not.toContain('plans after');
});

test('nothing goes on when an artifact cannot be saved', async () => {
  log = [];
  const { artifacts: _, driveLoad: __, ...context } = gatherContext();
  await expect(
    runGatherers({
      gatherers: [gatherer('routes', 'before')],
      context,
      driver,
      onPhase: () => undefined,
      onProgress: () => undefined,
      save: () => Promise.reject(new Error('disk full')),
    }),
  ).rejects.toThrow('disk full');
  expect(log).toEqual(['routes before']);
});
