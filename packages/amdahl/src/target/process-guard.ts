import { spawn } from 'node:child_process';

/**
 * Watches over a process we started, from outside: when this process ends without releasing the
 * guard (a crash, SIGKILL), the guard ends the other one and removes its temporary folder. It is a
 * shell that reads a pipe whose other end only this process holds; the kernel closes it whatever
 * happens.
 */
export interface ProcessGuard {
  /** The watched process is gone, or is meant to stay. Idempotent. */
  release(): void;
}

export interface GuardOptions {
  readonly pid: number;
  /** Signal the whole process group of `pid`. @default false */
  readonly group?: boolean;
  /** @default 'TERM' */
  readonly signal?: 'TERM' | 'INT' | 'QUIT';
  /** Removed once the process is gone. */
  readonly temporaryDirectory?: string;
}

/** Time between the polite signal and SIGKILL, in seconds. */
const graceSeconds = 5;

const script = `
read -r word && [ "$word" = release ] && exit 0
kill -s "$GUARD_SIGNAL" -- "$GUARD_TARGET" 2>/dev/null
waited=0
while kill -s 0 -- "$GUARD_TARGET" 2>/dev/null && [ "$waited" -lt "$GUARD_GRACE" ]; do
  sleep 1
  waited=$((waited + 1))
done
kill -s KILL -- "$GUARD_TARGET" 2>/dev/null
[ -z "$GUARD_DIRECTORY" ] || rm -rf -- "$GUARD_DIRECTORY"
`;

/** Starts a guard. Does nothing on Windows, which has no POSIX shell. */
export function guardProcess(options: GuardOptions): ProcessGuard {
  if (process.platform === 'win32') return { release: () => undefined };
  const guard = spawn('/bin/sh', ['-c', script], {
    // A session of its own: a Ctrl-C in the terminal must not take the guard with it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GUARD_TARGET: options.group === true ? `-${options.pid}` : String(options.pid),
      GUARD_SIGNAL: options.signal ?? 'TERM',
      GUARD_GRACE: String(graceSeconds),
      GUARD_DIRECTORY: options.temporaryDirectory ?? '',
    },
  });
  guard.unref();
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  (guard.stdin as unknown as { unref?: () => void }).unref?.();
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      guard.stdin.end('release\n');
    },
  };
}
