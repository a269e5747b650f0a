import { readFileSync } from 'node:fs';
import type { SerialisedError } from '@amdahl/metrics';
import type { WorkerReport, WorkerTick } from '../measure/worker-report.ts';
import type { WorkerAssignment } from '../worker/messages.ts';
import type { ScriptFacts } from '../worker/worker-handle.ts';
import type { ShippedScript } from './shipped-script.ts';

/*
 * How the machines of a run talk, over Redis Streams. Whoever leads the run puts one offer a share
 * into the stream `offers`; its consumer group hands each to one worker. From then on both sides use
 * keys of the run alone: `assignment`, which holds all a worker needs and whose expiry is the sign of
 * life of the leader; `orders`, read by the workers; `reports`, read by the leader. The leader takes
 * them away at the end, and workers never create them, so that nothing is left however a run ends.
 */

export const offersKey = 'amdahl:load:offers';
export const offersGroup = 'workers';

export interface RunKeys {
  readonly assignment: string;
  readonly orders: string;
  readonly reports: string;
}

export function keysOf(run: string): RunKeys {
  const key = (name: string): string => `amdahl:load:run:${run}:${name}`;
  return { assignment: key('assignment'), orders: key('orders'), reports: key('reports') };
}

/** The run's keys expire this long after its leader was last alive. */
export const leaderExpiryMs = 15_000;
export const leaderRenewalMs = 3_000;
/** A worker says at least this often that it is there, whatever its users do. */
export const aliveIntervalMs = 1_000;

/** Both sides must be of the same version: figures are merged, so they must mean the same. */
export const loadVersion: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }
).version;

/** One share of a run, for whichever worker takes it first. */
export interface Offer {
  readonly run: string;
  readonly index: number;
  readonly version: string;
  /** By Redis' clock, milliseconds since 1970; nobody waits for it any more afterwards. */
  readonly untilMs: number;
}

/** What all workers of a run get; the share and the shared memory are each one's own. */
export interface RemoteAssignment {
  readonly assignment: Omit<WorkerAssignment, 'share' | 'taskNotes'>;
  readonly of: number;
  /** The script with what it imports from beside it; null for plain requests. */
  readonly script: ShippedScript | null;
}

export type Order =
  /** `atMs` is a time of Redis' clock, milliseconds since 1970. */
  | {
      readonly type: 'start';
      readonly index: number;
      readonly atMs: number;
      /** What `setup` returned. */
      readonly data?: unknown;
    }
  | { readonly type: 'users'; readonly index: number; readonly users: number }
  | { readonly type: 'stop'; readonly index: number };

export type RemoteReport =
  /** Opens the stream. */
  | { readonly type: 'open' }
  | { readonly type: 'joined'; readonly index: number; readonly machine: string }
  | {
      readonly type: 'refused';
      readonly index: number;
      readonly machine: string;
      readonly version: string;
    }
  | { readonly type: 'ready'; readonly index: number; readonly script: ScriptFacts }
  | { readonly type: 'alive'; readonly index: number }
  | {
      readonly type: 'tick';
      readonly index: number;
      readonly tick: WorkerTick;
      readonly report?: WorkerReport;
    }
  | { readonly type: 'done'; readonly index: number; readonly report: WorkerReport }
  | { readonly type: 'failed'; readonly index: number; readonly error: SerialisedError };
