import type { Duration } from '@amdahl/metrics';
import type { LoadProfile } from '@amdahl/load';

/** The shape of `amdahl.config.ts`. Every key has a flag of the same meaning; flags win. */
export interface AmdahlConfig {
  /** Command that starts the app. */
  readonly app?: string;
  /** Working directory of the app, relative to the config file. @default its folder */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly url?: string;
  /** @default '/' */
  readonly readyPath?: string;
  /** @default '30s' */
  readonly readyTimeout?: Duration;
  readonly database?: string;
  /** Standbys of `database`: scans of indexes that are asked of them alone count too. */
  readonly replicas?: readonly string[];
  /** Log of the database's server, relative to the config file. */
  readonly databaseLog?: string;
  /** Load script, relative to the config file. */
  readonly script?: string;
  readonly exclude?: readonly string[];
  readonly profile?: LoadProfile;
  readonly workers?: number;
  readonly seed?: number;
  /** `'p95 < 200ms'` for all routes, or by route name with `default` and `errors`. */
  readonly objectives?: string | Readonly<Record<string, string>>;
  readonly cpuProfile?: Duration | false;
  readonly out?: string;
  readonly agent?: boolean;
  readonly analyze?: boolean;
  /** Keeps the values of the database out of the recording. */
  readonly mask?: boolean;
}

/** Types a configuration and returns it unchanged. */
export function defineConfig(config: AmdahlConfig): AmdahlConfig {
  return config;
}
