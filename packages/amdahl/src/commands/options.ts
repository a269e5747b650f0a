/**
 * Every option of every command, once. Help, the reference page, environment variables and the
 * checks of the configuration file are made from this table.
 */
import * as kinds from '../config/value-kinds.ts';
import type { ValueKind } from '../config/value-kinds.ts';
import type { GivenObjectives } from '../config/objectives-text.ts';
import { loadOptions, type LoadOptionTypes } from './load-options.ts';
import { proveOptions, type ProveOptionTypes } from './prove-options.ts';
import { sqlOptions, type SqlOptionTypes } from './sql-options.ts';
import { sqlExplainOptions, type SqlExplainOptionTypes } from './sql-explain-options.ts';

/** Options by name, with the type their value is read to. Durations are in milliseconds. */
export interface OptionTypes
  extends ProveOptionTypes, LoadOptionTypes, SqlExplainOptionTypes, SqlOptionTypes {
  app: string;
  cwd: string;
  env: Readonly<Record<string, string>>;
  url: string;
  readyPath: string;
  readyTimeout: number;
  database: string;
  databaseLog: string;
  replicas: readonly string[];
  script: string;
  exclude: readonly string[];
  users: number;
  rate: number;
  duration: number;
  warmup: number;
  rampUp: number;
  workers: number | string;
  seed: number;
  objectives: GivenObjectives;
  cpuProfile: number;
  agent: boolean;
  out: string;
  config: string;
  json: boolean;
  html: string;
  markdown: string;
}

export type OptionName = keyof OptionTypes;

export type OptionValues = { readonly [Name in OptionName]?: OptionTypes[Name] };

export interface OptionDefinition<Value = unknown> {
  /** `--ready-timeout` */
  readonly flag: string;
  /** `<duration>`; null for a switch. */
  readonly argument: string | null;
  /** May be given several times. */
  readonly repeatable?: true;
  /** Has a second form that turns it off: `--no-cpu-profile`. */
  readonly negatable?: true;
  /** For people, without a full stop. */
  readonly description: string;
  readonly kind: ValueKind<Value>;
  /** As help states it; null when there is none. */
  readonly default: string | null;
  /** Environment variable of the same meaning; null for options of one call only. */
  readonly variable: string | null;
}

export const optionTable: { readonly [Name in OptionName]: OptionDefinition<OptionTypes[Name]> } = {
  app: {
    flag: '--app',
    argument: '<command>',
    description: 'command that starts the app; leave out to measure a service that already runs',
    kind: kinds.text,
    default: null,
    variable: 'AMDAHL_APP',
  },
  url: {
    flag: '--url',
    argument: '<url>',
    description: 'where the service answers',
    kind: kinds.httpUrl,
    default: null,
    variable: 'AMDAHL_URL',
  },
  database: {
    flag: '--db',
    argument: '<url>',
    description: "the app's PostgreSQL database; read only, its role needs no right to write",
    kind: kinds.databaseUrl,
    default: null,
    variable: 'AMDAHL_DATABASE',
  },
  databaseLog: {
    flag: '--db-log',
    argument: '<file>',
    description:
      "the database server's log: what it says during the load about waiting for locks and deadlocks",
    kind: kinds.text,
    default: null,
    variable: 'AMDAHL_DATABASE_LOG',
  },
  replicas: {
    flag: '--replica',
    argument: '<url>',
    repeatable: true,
    description:
      'a standby of the database of --db, read only as well: index scans asked of it alone count too',
    kind: kinds.databaseUrls,
    default: null,
    variable: 'AMDAHL_REPLICA',
  },
  script: {
    flag: '--script',
    argument: '<file>',
    description: 'load script with the users; without one, routes that answer GET are found',
    kind: kinds.text,
    default: null,
    variable: 'AMDAHL_SCRIPT',
  },
  cwd: {
    flag: '--cwd',
    argument: '<folder>',
    description: 'folder to start the app in',
    kind: kinds.text,
    default: 'the folder of the configuration file, else the current one',
    variable: 'AMDAHL_CWD',
  },
  env: {
    flag: '--env',
    argument: '<NAME=value>',
    repeatable: true,
    description: 'environment variable for the app',
    kind: kinds.environment,
    default: null,
    variable: null,
  },
  readyPath: {
    flag: '--ready-path',
    argument: '<path>',
    description: 'path asked until it answers below status 500',
    kind: kinds.path,
    default: '/',
    variable: 'AMDAHL_READY_PATH',
  },
  readyTimeout: {
    flag: '--ready-timeout',
    argument: '<duration>',
    description: 'how long the app may take to answer there',
    kind: kinds.duration,
    default: '30s',
    variable: 'AMDAHL_READY_TIMEOUT',
  },
  exclude: {
    flag: '--exclude',
    argument: '<path>',
    repeatable: true,
    description: 'path never to visit when routes are found without a script; * for anything',
    kind: kinds.wildcards,
    default: null,
    variable: 'AMDAHL_EXCLUDE',
  },
  users: {
    flag: '--users',
    argument: '<count>',
    description: 'users at the same time, each waiting for its reply (closed model)',
    kind: kinds.count,
    default: '10',
    variable: 'AMDAHL_USERS',
  },
  rate: {
    flag: '--rate',
    argument: '<per second>',
    description: 'tasks started per second whatever the replies do (open model); not with --users',
    kind: kinds.rate,
    default: null,
    variable: 'AMDAHL_RATE',
  },
  duration: {
    flag: '--duration',
    argument: '<duration>',
    description: 'time that is measured',
    kind: kinds.duration,
    default: '20s',
    variable: 'AMDAHL_DURATION',
  },
  warmup: {
    flag: '--warmup',
    argument: '<duration>',
    description: 'time under load before it, which does not count',
    kind: kinds.duration,
    default: '5s',
    variable: 'AMDAHL_WARMUP',
  },
  rampUp: {
    flag: '--ramp-up',
    argument: '<duration>',
    description: 'time over which the users start',
    kind: kinds.duration,
    default: '0s',
    variable: 'AMDAHL_RAMP_UP',
  },
  workers: {
    flag: '--workers',
    argument: '<count>',
    description:
      'threads of the load generator; with `amdahl load` also the URL of a Redis at which `amdahl worker` waits on other machines',
    kind: kinds.workers,
    default: '1',
    variable: 'AMDAHL_WORKERS',
  },
  seed: {
    flag: '--seed',
    argument: '<number>',
    description: 'the same seed draws the same tasks',
    kind: kinds.seed,
    default: '1',
    variable: 'AMDAHL_SEED',
  },
  objectives: {
    flag: '--objective',
    argument: '<text>',
    repeatable: true,
    description: "'p95 < 200ms', 'errors < 1%', or for one route 'GET /orders/:id: p95 < 80ms'",
    kind: kinds.objectives,
    default: 'p95 < 100ms, acceptable < 500ms; errors < 1%',
    variable: 'AMDAHL_OBJECTIVE',
  },
  cpuProfile: {
    flag: '--cpu-profile',
    argument: '<duration>',
    negatable: true,
    description: 'length of the CPU profile after the measured time; --no-cpu-profile for none',
    kind: kinds.durationOrOff,
    default: '5s',
    variable: 'AMDAHL_CPU_PROFILE',
  },
  agent: {
    flag: '--no-agent',
    argument: null,
    description: 'keep the agent out of the app: nothing is seen inside it',
    kind: kinds.flag,
    default: null,
    variable: 'AMDAHL_AGENT',
  },
  out: {
    flag: '--out',
    argument: '<folder>',
    description: 'folder for the recording; it must be empty or new',
    kind: kinds.text,
    default: '.amdahl/<time>',
    variable: 'AMDAHL_OUT',
  },
  config: {
    flag: '--config',
    argument: '<file>',
    description: 'configuration file',
    kind: kinds.text,
    default: 'amdahl.config.ts, .js or .mjs in the current folder',
    variable: 'AMDAHL_CONFIG',
  },
  ...proveOptions,
  ...loadOptions,
  ...sqlExplainOptions,
  ...sqlOptions,
  json: {
    flag: '--json',
    argument: null,
    description: 'print the result as JSON instead of text',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
  html: {
    flag: '--html',
    argument: '<file>',
    description: 'write the HTML report here too',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  markdown: {
    flag: '--markdown',
    argument: '<file>',
    description: 'write the report as Markdown here',
    kind: kinds.text,
    default: null,
    variable: null,
  },
};
