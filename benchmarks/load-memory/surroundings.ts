import { execFileSync } from 'node:child_process';
import { arch, cpus, platform } from 'node:os';
import { artilleryVersion } from '../load-script/artillery.ts';

/** The machine as a result names it. */
export function machine(): string {
  return `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
}

/** Debian's locust does not tell its version by itself. */
const locustVersion =
  "dpkg-query -W -f='${Version}' python3-locust 2>/dev/null || locust --version";

/** Versions of nginx and of the rivals measured. */
export function versions(names: readonly string[]): string {
  const nginx = /nginx\/(\S+)/.exec(shell('nginx -v 2>&1'))?.[1] ?? '?';
  const locust = names.includes('locust') ? [`Locust ${shell(locustVersion)}`] : [];
  const artillery = names.includes('artillery') ? [`Artillery ${artilleryVersion}`] : [];
  return [`nginx ${nginx}`, ...locust, ...artillery].join(', ');
}

export function requireTools(tools: readonly string[]): void {
  if (cpus().length < 2) throw new Error('Expected two cores, one for nginx; found one.');
  for (const tool of tools) {
    try {
      execFileSync('which', [tool], { stdio: 'ignore' });
    } catch {
      throw new Error(
        `Expected ${tool} on the path; found none. Run: apt-get install -y python3-locust nginx util-linux`,
      );
    }
  }
}

/** Each connection takes a descriptor, in the generator and in nginx; both inherit our limit. */
export function requireDescriptors(needed: number): void {
  const limit = Number(shell('ulimit -Hn').replace('unlimited', 'Infinity'));
  if (limit >= needed) return;
  throw new Error(
    `Expected a limit of at least ${needed} open files; found ${limit}. Run: ulimit -n ${needed}, as root before it.`,
  );
}

function shell(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' }).trim();
}
