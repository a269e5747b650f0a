import { AmdahlError, isAmdahlError } from '@amdahl/metrics';
import type { LoadProgress } from '@amdahl/load';
import {
  createRecording,
  discardIfEmpty,
  finishRecording,
  saveArtifact,
  type Recording,
} from '../artifacts/recording.ts';
import type { RunOptions } from '../run-options.ts';
import { openReadOnly } from '../sql/read-only-database.ts';
import { readReplicas } from '../sql/read-replicas.ts';
import { startAgentHub } from '../target/agent-hub-server.ts';
import { noAgents, type AgentHub } from '../target/agent-hub.ts';
import { describeDeath, lastWords, startTarget } from '../target/start-target.ts';
import type { RunningTarget } from '../target/target.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { gatherers } from './gatherers.ts';
import { createLoadDriver } from './load.ts';
import { RecordingMask } from './recording-mask.ts';
import { runGatherers } from './run-gatherers.ts';

/** Told what happens while a run is recorded. */
export interface RecordObserver {
  /** What is being done. */
  phase(label: string): void;
  /** What the phase is at. */
  status(text: string): void;
  /** Live figures of the load, and how many processes of the app carry the agent. */
  load(progress: LoadProgress, agents: number): void;
  /** Something cannot be gathered; the run goes on without it. */
  warn(error: AmdahlError): void;
}

export interface RecordedRun {
  readonly directory: string;
  /** Whether there is a load to report on. */
  readonly measured: boolean;
  /** Why it is not the whole run: interrupted, the app died, no load could be driven. Else null. */
  readonly failure: AmdahlError | null;
}

/**
 * Starts the target, drives the load, gathers every artifact into a recording and stops the target
 * again. When `interrupt` is aborted (its reason a coded error) or the app dies, the load ends, what
 * was measured is kept, and what would come after the load is left out.
 *
 * @throws AMDAHL_RECORDING_*, AMDAHL_TARGET_*, AMDAHL_DATABASE_* of a replica; `interrupt`'s reason
 *   when nothing was gathered yet. Whatever it throws, nothing it started is left.
 */
export async function record(
  options: RunOptions,
  interrupt: AbortSignal,
  observer: RecordObserver,
): Promise<RecordedRun> {
  const recording = await createRecording(options.out, options);
  try {
    const hub = options.app !== null && options.agent ? await startAgentHub() : noAgents;
    try {
      observer.phase(options.app === null ? 'looking for the service' : 'starting the app');
      const target = await start(options, hub, interrupt);
      try {
        await expectReplicas(options, observer);
        return await gather(recording, options, hub, target, interrupt, observer);
      } finally {
        observer.phase('stopping the app');
        await target.stop();
      }
    } finally {
      await hub.close();
    }
  } finally {
    await discardIfEmpty(recording);
  }
}

/**
 * Replicas that cannot be read, or are none, end the run before its load: what was meant to be
 * counted would be left out.
 */
async function expectReplicas(
  { database: url, replicas }: RunOptions,
  observer: RecordObserver,
): Promise<void> {
  if (url === null || replicas.length === 0) return;
  observer.phase('looking for the replicas');
  const database = await openReadOnly(url);
  try {
    await readReplicas(replicas, database);
  } finally {
    await database.close();
  }
}

async function gather(
  recording: Recording,
  options: RunOptions,
  hub: AgentHub,
  target: RunningTarget,
  interrupt: AbortSignal,
  observer: RecordObserver,
): Promise<RecordedRun> {
  const death = new AbortController();
  void target.died.then((how) => death.abort(died(options, target, describeDeath(how))));
  const signal = AbortSignal.any([interrupt, death.signal]);

  const mask = options.mask ? new RecordingMask() : null;
  const artifacts = await runGatherers({
    gatherers,
    context: {
      options,
      target,
      agents: hub,
      signal,
      report: (status) => observer.status(status),
      warn: (error) => observer.warn(error),
    },
    driver: createLoadDriver(options, target.url),
    onPhase: (label) => observer.phase(label),
    onProgress: (progress) => observer.load(progress, hub.processes().length),
    save: async (name, gathered) => {
      if (gathered.status === 'failed') observer.warn(AmdahlError.fromJSON(gathered.error));
      await saveArtifact(recording, name, mask?.hide(name, gathered) ?? gathered);
    },
  });
  await finishRecording(recording, signal.aborted ? 'interrupted' : 'complete');
  return {
    directory: recording.directory,
    measured: artifacts.load.status === 'ok',
    failure: signal.aborted
      ? (signal.reason as AmdahlError)
      : artifacts.load.status === 'failed'
        ? AmdahlError.fromJSON(artifacts.load.error)
        : null,
  };
}

/** Starts the target; when it is not ready where it should be, says where its agent saw it listen. */
async function start(
  options: RunOptions,
  hub: AgentHub,
  signal: AbortSignal,
): Promise<RunningTarget> {
  try {
    return await startTarget(options, hub.environment, signal);
  } catch (error) {
    const elsewhere = hub.listening().find(({ port }) => port !== portOf(options.url));
    if (
      !isAmdahlError(error) ||
      error.code !== 'AMDAHL_TARGET_NOT_READY' ||
      elsewhere === undefined
    )
      throw error;
    throw workbenchErrors.create('AMDAHL_TARGET_NOT_READY', {
      expected: error.expected,
      found: `${error.found}; the app listens on port ${elsewhere.port}`,
      next: `Give --url http://127.0.0.1:${elsewhere.port}/, or make the app listen where --url says.`,
      details: { ...error.details, listening: elsewhere.port },
      cause: error,
    });
  }
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function died(options: RunOptions, target: RunningTarget, how: string): Error {
  return workbenchErrors.create('AMDAHL_TARGET_DIED', {
    expected: `the app's command "${options.app ?? ''}" to run until the end of the run`,
    found: `that it ${how}${lastWords(target.output())}`,
    next: 'Find out why it ends under this load; what was measured until then is kept.',
    details: { command: options.app, output: target.output() },
  });
}
