import type { LoadProfile } from '@amdahl/load';
import type { Objectives } from './predict/objectives.ts';

/** What `amdahl run` works with, after flags, environment, config file and defaults were merged. */
export interface RunOptions {
  /** Command that starts the app; null to measure a service already running. */
  readonly app: string | null;
  readonly cwd: string;
  /** Environment added for the app. */
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  /** Path asked until it answers below 500. */
  readonly readyPath: string;
  readonly readyTimeoutMs: number;
  /** Connection string of the app's database, or null. */
  readonly database: string | null;
  /** Connection strings of its standbys. */
  readonly replicas: readonly string[];
  /** Log of the database's server, or null. */
  readonly databaseLog: string | null;
  /** File of the load script, or null to discover routes. */
  readonly script: string | null;
  /** Routes never visited, as patterns with `*`. */
  readonly exclude: readonly string[];
  readonly profile: LoadProfile;
  readonly workers: number;
  readonly seed: number;
  readonly objectives: Objectives;
  /** Length of the CPU profile's window; 0 for none. */
  readonly cpuProfileMs: number;
  /** Folder for the recording. */
  readonly out: string;
  /** Whether to put the agent into the app. */
  readonly agent: boolean;
  /** Whether each captured SELECT is executed once more, to see what its plan really does. */
  readonly analyze: boolean;
  /** Whether the recording keeps no value of the database. */
  readonly mask: boolean;
}
