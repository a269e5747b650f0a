import { join, resolve } from 'node:path';
import type { LoadObjective } from '@amdahl/load';
import {
  optionTable,
  type OptionName,
  type OptionTypes,
  type OptionValues,
} from './commands/options.ts';
import { loadConfig, type LoadedConfig } from './config-file.ts';
import { invalidValue, readValue } from './config/given-value.ts';
import {
  completeObjectives,
  gatesOnly,
  joinObjectives,
  noObjectives,
} from './config/objectives-text.ts';
import { changeProfile, type ProfileChanges } from './config/profile.ts';
import type { RunOptions } from './run-options.ts';
import { workbenchErrors } from './workbench-errors.ts';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths of flags and variables start. */
  readonly cwd: string;
  /** Names the default folder of the recording. */
  readonly epochMs: number;
}

/**
 * Merges what the flags, the environment, the configuration file and the defaults say, in this
 * order of precedence.
 *
 * @throws AMDAHL_CONFIG_*, AMDAHL_CLI_BAD_USAGE
 */
export async function resolveRunOptions(
  flags: OptionValues,
  surroundings: Surroundings,
): Promise<RunOptions> {
  const { gates, ...options } = await resolveLoadOptions(flags, surroundings);
  const [gate] = gatesOnly(gates);
  if (gate === undefined) return options;
  throw invalidValue(
    "about the 95th percentile or the errors of the whole run, such as 'p95 < 200ms'; the others are for `amdahl load`",
    gate.text,
    { key: 'the objective', file: null },
  );
}

/** What `amdahl load` works with. */
export interface LoadCommandOptions extends RunOptions {
  /** The objectives that were given, as conditions of the run. */
  readonly gates: readonly LoadObjective[];
}

/**
 * The same for `amdahl load`, which can be held to more objectives than a run.
 *
 * @throws AMDAHL_CONFIG_*, AMDAHL_CLI_BAD_USAGE
 */
export async function resolveLoadOptions(
  flags: OptionValues,
  surroundings: Surroundings,
): Promise<LoadCommandOptions> {
  const variables = readVariables(surroundings.environment);
  const named = flags.config ?? variables.config ?? null;
  const config = await loadConfig(named, surroundings.cwd);
  const given = absolute({ ...variables, ...flags }, surroundings.cwd);
  const values: OptionValues = {
    ...(config === null ? {} : absolute(config.values, config.directory)),
    ...given,
  };
  if (values.url === undefined) throw missingUrl();
  if (values.database === undefined && values.replicas !== undefined) throw missingDatabase();
  const objectives = [flags, variables, config?.values ?? {}]
    .map((layer) => layer.objectives ?? noObjectives)
    .reduce(joinObjectives);
  return {
    app: values.app ?? null,
    cwd: values.cwd ?? config?.directory ?? surroundings.cwd,
    env: { ...config?.values.env, ...variables.env, ...flags.env },
    url: values.url,
    readyPath: values.readyPath ?? defaultOf('readyPath'),
    readyTimeoutMs: values.readyTimeout ?? defaultOf('readyTimeout'),
    database: values.database ?? null,
    replicas: values.replicas ?? [],
    databaseLog: values.databaseLog ?? null,
    script: values.script ?? null,
    exclude: values.exclude ?? [],
    profile: resolveProfile(config, variables, flags),
    workers: threadsOf(values.workers ?? defaultOf('workers')),
    seed: values.seed ?? defaultOf('seed'),
    objectives: completeObjectives(objectives),
    gates: objectives.gates,
    cpuProfileMs: values.cpuProfile ?? defaultOf('cpuProfile'),
    out: values.out ?? defaultOut(surroundings),
    agent: values.agent ?? true,
    analyze: values.analyze ?? false,
    mask: values.mask ?? false,
  };
}

/** Options given as environment variables, `AMDAHL_USERS=20`; empty ones count as not given. */
export function readVariables(environment: Surroundings['environment']): OptionValues {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(optionTable) as OptionName[]) {
    const { variable, kind } = optionTable[name];
    const given = variable === null ? undefined : environment[variable];
    if (variable === null || given === undefined || given === '') continue;
    values[name] = readValue<unknown>(kind, given, { key: variable, file: null });
  }
  return values;
}

function resolveProfile(
  config: LoadedConfig | null,
  variables: OptionValues,
  flags: OptionValues,
): RunOptions['profile'] {
  let profile = config?.profile ?? defaultProfile();
  for (const layer of [variables, flags]) {
    const changed = changeProfile(profile, layer satisfies ProfileChanges);
    if (changed === null) {
      throw invalidValue(
        'with --users: --duration, --warmup and --ramp-up; with --rate: --duration and --warmup; ' +
          'no --duration where the configuration file has several stages',
        pick(layer, ['users', 'rate', 'duration', 'rampUp']),
        { key: 'the load', file: null },
      );
    }
    profile = changed;
  }
  return profile;
}

/** Only `amdahl load` drives other machines. */
function threadsOf(workers: number | string): number {
  if (typeof workers === 'number') return workers;
  throw invalidValue('a number of threads; other machines are for `amdahl load`', workers, {
    key: '--workers',
    file: null,
  });
}

/** Enough for a first look. */
function defaultProfile(): RunOptions['profile'] {
  return {
    model: 'closed',
    users: defaultOf('users'),
    rampUp: defaultOf('rampUp'),
    warmup: defaultOf('warmup'),
    duration: defaultOf('duration'),
  };
}

/** The default the options table states, read as if it had been given. */
function defaultOf<Name extends OptionName>(name: Name): OptionTypes[Name] {
  const { flag, kind, default: text } = optionTable[name];
  return readValue(kind, text, { key: flag, file: null });
}

/** Paths made absolute, each from where it was written. */
function absolute(values: OptionValues, from: string): OptionValues {
  return {
    ...values,
    ...(values.cwd === undefined ? {} : { cwd: resolve(from, values.cwd) }),
    ...(values.databaseLog === undefined ? {} : { databaseLog: resolve(from, values.databaseLog) }),
    ...(values.script === undefined ? {} : { script: resolve(from, values.script) }),
    ...(values.out === undefined ? {} : { out: resolve(from, values.out) }),
  };
}

function defaultOut({ cwd, epochMs }: Surroundings): string {
  const time = new Date(epochMs).toISOString().replace(/[:.]/g, '-').replace('Z', '');
  return join(cwd, '.amdahl', time);
}

function pick(values: OptionValues, names: readonly OptionName[]): OptionValues {
  return Object.fromEntries(
    names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]),
  );
}

/** Replicas alone are no database to look at. */
export function missingDatabase(): Error {
  return workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
    expected: 'the database that --replica has a replica of',
    found: 'no --db, no AMDAHL_DATABASE and no "database" in the configuration',
    next: 'Give --db the URL of the primary, or leave --replica out.',
  });
}

function missingUrl(): Error {
  return workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
    expected: 'the URL of the service',
    found: 'no --url, no AMDAHL_URL and no "url" in an amdahl.config.ts here',
    next: 'Try: amdahl run --app "node server.js" --url http://127.0.0.1:3000/',
  });
}
