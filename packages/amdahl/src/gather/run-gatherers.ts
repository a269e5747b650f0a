import { isAmdahlError, type AmdahlError } from '@amdahl/metrics';
import type { LoadProgress } from '@amdahl/load';
import type {
  ArtifactName,
  Artifacts,
  Gathered,
  GatheredArtifacts,
} from '../artifacts/artifacts.ts';
import { artifactNames } from '../artifacts/shapes.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { Absent, GatherContext, Gatherer } from './gatherer.ts';
import { measureLoad, type LoadDriver } from './load.ts';

export interface GatherPlan {
  readonly gatherers: readonly Gatherer[];
  readonly context: Omit<GatherContext, 'artifacts' | 'driveLoad'>;
  readonly driver: LoadDriver;
  readonly onPhase: (label: string) => void;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Called with each artifact as soon as it is there. When it throws, gathering ends. */
  readonly save: (name: ArtifactName, gathered: Gathered) => Promise<void>;
}

type Yield = Artifacts[ArtifactName] | Absent;

/** A gatherer of the phase `during` at work. */
interface Watch {
  readonly gatherer: Gatherer;
  /** Resolves when it has begun, with what ends it. */
  readonly begun: Promise<() => Promise<Yield>>;
}

/**
 * Runs the phases: before, during and after the load. A gatherer's error becomes its artifact. Two
 * gatherers may yield the same artifact: the later one is asked only where the earlier had nothing
 * to gather from. When the context's signal is aborted the load ends, and what would come after it
 * is absent for the reason's sake.
 *
 * @throws what `save` throws; everything else ends up in an artifact
 */
export async function runGatherers(plan: GatherPlan): Promise<GatheredArtifacts> {
  const { gatherers, driver, save } = plan;
  const { signal } = plan.context;
  const artifacts: { [Name in ArtifactName]?: Gathered } = {};
  const gathered = artifacts as Partial<GatheredArtifacts>;
  const context: GatherContext = {
    ...plan.context,
    artifacts: gathered,
    driveLoad: (profile, ownSignal) =>
      driver.drive(
        gathered,
        profile,
        ownSignal === undefined ? signal : AbortSignal.any([signal, ownSignal]),
      ),
  };

  await runInOrder('before');
  await runLoad();
  await runInOrder('after');
  for (const name of artifactNames.filter((name) => artifacts[name] === undefined)) {
    await keep(name, { status: 'absent', reason: 'nothing gathers it' });
  }
  return gathered as GatheredArtifacts;

  async function runInOrder(phase: 'before' | 'after'): Promise<void> {
    for (const gatherer of wanted(phase)) {
      if (!signal.aborted) plan.onPhase(gatherer.label);
      const yielded = await attempt(() => gatherer.gather(context) as Promise<Yield>);
      await keep(gatherer.artifact, yielded);
    }
  }

  async function runLoad(): Promise<void> {
    const watches: Watch[] = [];
    if (!signal.aborted) plan.onPhase('starting the users');
    const load = await attempt(() =>
      measureLoad({
        driver,
        artifacts: gathered,
        profile: plan.context.options.profile,
        signal,
        onMeasuring: () => watches.push(...wanted('during').map(watch)),
        onProgress: plan.onProgress,
      }),
    );
    // All ended at once, so that they cover the same time; then saved one by one.
    const yielded = await Promise.all(
      watches.map(async ({ gatherer, begun }) => ({
        name: gatherer.artifact,
        gathered: await settle(async () => (await begun)()),
      })),
    );
    await keep('load', load);
    for (const { name, gathered } of yielded) await keep(name, gathered);
    for (const gatherer of wanted('during').filter(({ artifact }) => !(artifact in artifacts))) {
      const reason = 'the load ended before its measured time began';
      await keep(gatherer.artifact, { status: 'absent', reason });
    }
  }

  function watch(gatherer: Gatherer): Watch {
    const begun = gatherer
      .gather(context)
      .then((yielded) => (typeof yielded === 'function' ? yielded : async () => yielded));
    // Whether it failed is asked when the load is over.
    begun.catch(() => undefined);
    return { gatherer, begun };
  }

  function wanted(phase: Gatherer['phase']): readonly Gatherer[] {
    return gatherers.filter(({ artifact, phase: own }) => {
      const earlier = artifacts[artifact];
      return own === phase && (earlier === undefined || earlier.status === 'absent');
    });
  }

  /** Nothing is begun once the run is cut short. */
  function attempt(gather: () => Promise<Yield>): Promise<Gathered> {
    return signal.aborted ? Promise.resolve(cutShort()) : settle(gather);
  }

  async function settle(gather: () => Promise<Yield>): Promise<Gathered> {
    try {
      const value = await gather();
      return 'absent' in value
        ? { status: 'absent', reason: value.absent }
        : { status: 'ok', value };
    } catch (error) {
      return isCutShort(error) ? cutShort() : { status: 'failed', error: coded(error).toJSON() };
    }
  }

  /** Whether an error only says that the run was cut short, as the reason itself or Node's. */
  function isCutShort(error: unknown): boolean {
    const isAbort = error instanceof Error && error.name === 'AbortError';
    return signal.aborted && (error === signal.reason || isAbort);
  }

  function cutShort(): Gathered {
    return { status: 'absent', reason: `the run was cut short: ${coded(signal.reason).found}` };
  }

  async function keep(name: ArtifactName, value: Gathered): Promise<void> {
    artifacts[name] = value;
    await save(name, value);
  }
}

/** Any error as a coded one. */
export function coded(error: unknown): AmdahlError {
  if (isAmdahlError(error)) return error;
  const found = error instanceof Error ? error.message : String(error);
  return workbenchErrors.create('AMDAHL_GATHER_FAILED', {
    expected: 'the evidence to be gathered',
    found: found === '' ? 'an error without a message' : found,
    next: 'Audits that need it say so; the rest of the report stands.',
    cause: error,
    details: error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {},
  });
}
