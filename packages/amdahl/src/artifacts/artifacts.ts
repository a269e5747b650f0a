/**
 * The artifacts: plain serialisable evidence, one type a tier. Gatherers yield them, a recording
 * keeps them, audits read them. Nothing after gathering sees anything else.
 */
import type { SerialisedError } from '@amdahl/metrics';
import type { LoadResult, Verdict } from '@amdahl/load';
import type { AgentSnapshot, CpuProfile } from '@amdahl/agent/protocol';
import type { CatalogArtifact } from './catalog.ts';
import type { ExperimentsArtifact } from './experiments.ts';
import type { LocksArtifact } from './locks.ts';
import type { PlansArtifact } from './plans.ts';
import type { ResponsesArtifact } from './responses.ts';
import type { RoutesArtifact } from './routes.ts';
import type { TargetArtifact } from './target.ts';

export interface Artifacts {
  /** The service as it was found and started. */
  readonly target: TargetArtifact;
  /** The routes the load visits and where they were found. */
  readonly routes: RoutesArtifact;
  /** One reply of each route, headers and body facts. */
  readonly responses: ResponsesArtifact;
  /** What the load generator saw. */
  readonly load: LoadArtifact;
  /** What the agent saw inside each process during the measured window. */
  readonly agent: AgentArtifact;
  /** CPU profile taken in a window of its own, after the measured one. */
  readonly cpuProfile: CpuProfileArtifact;
  /** Tables, indexes, statistics and settings of the database. */
  readonly catalog: CatalogArtifact;
  /** The planner's plan of each captured statement. */
  readonly plans: PlansArtifact;
  /** What the database lab found by trying: indexes built, statements rewritten. */
  readonly experiments: ExperimentsArtifact;
  /** Who waited for whom in the database, sampled during the load. */
  readonly locks: LocksArtifact;
}

export type ArtifactName = keyof Artifacts;

export interface LoadArtifact {
  readonly result: LoadResult;
  readonly verdict: Verdict;
}

export interface AgentArtifact {
  /** One per process of the app that connected. */
  readonly processes: readonly AgentSnapshot[];
  /**
   * Share of the time of all processors of the app's machine that was in use, whoever used it, 0..1;
   * absent in older recordings.
   */
  readonly machineBusyShare?: number;
}

export interface CpuProfileArtifact {
  readonly durationMs: number;
  readonly profiles: readonly { readonly pid: number; readonly profile: CpuProfile }[];
}

/** An artifact as it lies in a recording: the evidence, or why there is none. */
export type Gathered<Name extends ArtifactName = ArtifactName> =
  | { readonly status: 'ok'; readonly value: Artifacts[Name] }
  /** The gatherer tried and failed. */
  | { readonly status: 'failed'; readonly error: SerialisedError }
  /** There was nothing to gather from: no `--db`, no agent in the app. */
  | { readonly status: 'absent'; readonly reason: string };

export type GatheredArtifacts = { readonly [Name in ArtifactName]: Gathered<Name> };
