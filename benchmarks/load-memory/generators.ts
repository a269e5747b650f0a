import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { artillery, artilleryVersion } from '../load-script/artillery.ts';

/** Core the generators run on, all their threads; nginx has the other. */
const generatorCore = 0;
/** All users are connected by then, and all of them think. */
const readAtMs = 18_000;
/** All users are started by then. */
const rampSeconds = 10;
const here = fileURLToPath(new URL('.', import.meta.url));

/** What a generator's process takes with this many users connected. */
export interface Sample {
  readonly users: number;
  /** Connections open when memory was read. */
  readonly connections: number;
  /** Resident memory of the process as it runs. */
  readonly residentBytes: number;
  readonly peakBytes: number;
  /** Ours alone, since only ours can be asked to collect garbage: resident memory afterwards. */
  readonly collectedBytes?: number;
  /** And the heap of the thread that drives the users. */
  readonly heapBytes?: number;
}

export type GeneratorName = 'requests' | 'script' | 'locust' | 'artillery';

interface Generator {
  readonly title: string;
  readonly measure: (url: string, users: number) => Promise<Sample>;
}

export const generators: Readonly<Record<GeneratorName, Generator>> = {
  requests: { title: '@amdahl/load, list of requests', measure: ours('requests') },
  script: { title: '@amdahl/load, script with cookies', measure: ours('script') },
  locust: {
    title: 'Locust, FastHttpUser',
    measure: (url, users) =>
      fromOutside(url, users, [
        'locust',
        '-f',
        join(here, 'locustfile.py'),
        '--headless',
        '-H',
        url,
        '-u',
        `${users}`,
        '-r',
        `${users / rampSeconds}`,
        '-t',
        '60s',
      ]),
  },
  artillery: {
    title: `Artillery ${artilleryVersion}`,
    measure: (url, users) => {
      const phases = [{ duration: rampSeconds, arrivalRate: users / rampSeconds }];
      return fromOutside(url, users, [
        process.execPath,
        artillery(),
        'run',
        '--quiet',
        '--target',
        url,
        '--overrides',
        JSON.stringify({ config: { phases } }),
        join(here, 'artillery.yml'),
      ]);
    },
  },
};

function ours(scenario: 'requests' | 'script'): Generator['measure'] {
  return (url, users) => {
    const command = [
      process.execPath,
      '--import',
      join(here, 'probe.ts'),
      join(here, 'drive-users.ts'),
      scenario,
      url,
      `${users}`,
    ];
    const printed = execFileSync('taskset', onItsCore(command), {
      encoding: 'utf8',
      timeout: 90_000,
      env: builtPackages(),
    });
    const sample = JSON.parse(printed) as Omit<Sample, 'users' | 'connections'>;
    // It fails by itself when a user is not connected.
    return Promise.resolve({ users, connections: users, ...sample });
  };
}

/** Starts a generator that says nothing of its memory, and reads it from the system. */
async function fromOutside(
  url: string,
  users: number,
  command: readonly string[],
): Promise<Sample> {
  const child = spawn('taskset', onItsCore(command), { stdio: 'ignore', env: builtPackages() });
  const exited = once(child, 'exit');
  try {
    // What a generator needs before its first user starts, it is given.
    const deadlineMs = performance.now() + 60_000;
    while (connectionsOf(child.pid, url) < 1) {
      if (child.exitCode !== null || performance.now() > deadlineMs) {
        throw new Error(`Expected a generator that starts; found ${command.join(' ')} at ${url}`);
      }
      await sleep(50);
    }
    await sleep(readAtMs);
    const connections = connectionsOf(child.pid, url);
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    const bytes = (key: string): number =>
      Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
    return { users, connections, residentBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') };
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/** TCP connections of a process to the server, those that are established. */
function connectionsOf(pid: number | undefined, url: string): number {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  const established = new Set(
    readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , remote, state]) => state === '01' && remote?.endsWith(`:${port}`))
      .map((cells) => `socket:[${cells[9]}]`),
  );
  const folder = `/proc/${pid}/fd`;
  let count = 0;
  for (const name of readdirSync(folder)) {
    try {
      if (established.has(readlinkSync(join(folder, name)))) count += 1;
    } catch {
      // Closed meanwhile.
    }
  }
  return count;
}

function onItsCore(command: readonly string[]): readonly string[] {
  return ['-c', `${generatorCore}`, ...command];
}

/** Without the condition that resolves our packages to their sources: what is measured is built. */
function builtPackages(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: '' };
}
