import type { SerialisedError } from '@amdahl/metrics';
import type { Verdict } from '@amdahl/load';
import type { AuditOutcome } from '../audits/audit.ts';
import type { Finding } from '../audits/finding.ts';
import type { Band } from '../predict/objectives.ts';
import type { ArtifactName, GatheredArtifacts } from './artifacts.ts';

/** Version of the JSON that `--json` prints. Raised when a field changes its meaning or goes. */
export const resultSchemaVersion = 1;

/** Everything a report shows: the recording, audited and ranked. Reports are pure readers of this. */
export interface RunResult {
  readonly schemaVersion: typeof resultSchemaVersion;
  readonly amdahlVersion: string;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly recording: string;
  /** Whether the run was cut short; the rest says what was measured until then. */
  readonly interrupted: boolean;
  readonly verdict: Verdict | null;
  readonly routes: readonly RouteSummary[];
  /** Best first, see `rankFindings`. Gains overlap and must not be added up. */
  readonly findings: readonly RankedFinding[];
  readonly outcomes: readonly AuditOutcome[];
  readonly problems: readonly {
    readonly artifact: ArtifactName;
    readonly error: SerialisedError;
  }[];
  /** Source lines around each code frame of the findings, by `file:line`. */
  readonly sources: Readonly<Record<string, SourceExcerpt>>;
  readonly artifacts: GatheredArtifacts;
}

export interface RouteSummary {
  readonly route: string;
  readonly count: number;
  /** Share of all requests, 0..1. */
  readonly requestShare: number;
  readonly errorShare: number;
  readonly ratePerSecond: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly objective: { readonly goodMs: number; readonly acceptableMs: number };
  readonly band: Band;
  /** Mean milliseconds of a request by tier, as the agent saw it; null without an agent. */
  readonly timeByTier: Readonly<Record<Tier, number>> | null;
}

export const tiers = ['database', 'pool', 'http', 'socket', 'compute', 'other', 'outside'] as const;
/** `outside` is what the generator waited beyond what the app saw: accept queue, network, kernel. */
export type Tier = (typeof tiers)[number];

export interface RankedFinding extends Finding {
  readonly rank: number;
  /** Milliseconds bought per average request of the whole load: Σ over routes of gain × request share. */
  readonly boughtMsPerRequest: {
    readonly low: number;
    readonly mid: number;
    readonly high: number;
  };
  /** Whether it helps a route that misses its objective; such findings come first. */
  readonly helpsMissedObjective: boolean;
}

export interface SourceExcerpt {
  readonly file: string;
  readonly firstLine: number;
  readonly lines: readonly string[];
}
