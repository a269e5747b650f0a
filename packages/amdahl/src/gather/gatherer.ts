import type { AmdahlError } from '@amdahl/metrics';
import type { LoadProfile, LoadResult } from '@amdahl/load';
import type { ArtifactName, Artifacts, GatheredArtifacts } from '../artifacts/artifacts.ts';
import type { RunOptions } from '../run-options.ts';
import type { AgentHub } from '../target/agent-hub.ts';
import type { RunningTarget } from '../target/target.ts';

/**
 * Yields one artifact. A gatherer that throws never ends the run: its error becomes the artifact.
 *
 * Phases: `before` the load, in the order of the list; `during`, all started just before the
 * measured load and stopped right after it; `after`, in order again, with the target still alive.
 */
export interface Gatherer<Name extends ArtifactName = ArtifactName> {
  readonly artifact: Name;
  readonly phase: 'before' | 'during' | 'after';
  /** Shown while it works: `reading plans of 14 statements`. */
  readonly label: string;
  /**
   * For `during`: begins watching; the returned function ends it and yields the artifact. For the
   * others: does the work and yields it.
   * Answers `{ absent: reason }` when there is nothing to gather from.
   */
  gather(
    context: GatherContext,
  ): Promise<Artifacts[Name] | Absent | (() => Promise<Artifacts[Name] | Absent>)>;
}

export interface Absent {
  readonly absent: string;
}

export interface GatherContext {
  readonly options: RunOptions;
  readonly target: RunningTarget;
  /** Processes of the app that carry the agent. */
  readonly agents: AgentHub;
  /** What was gathered so far. */
  readonly artifacts: Partial<GatheredArtifacts>;
  readonly signal: AbortSignal;
  /** Drives the same users as the measured load for a window of its own. */
  readonly driveLoad: (profile: LoadProfile, signal?: AbortSignal) => Promise<LoadResult>;
  /** Says what it is at, for the progress view: `12 pages visited`. */
  readonly report: (status: string) => void;
  /** Tells the person at once what will be missing from the report, and why. */
  readonly warn: (error: AmdahlError) => void;
}
