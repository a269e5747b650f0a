import { spawnSync } from 'node:child_process';
import { labErrors } from './lab-errors.ts';

/** A user of the operating system that PostgreSQL runs as. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Accounts made for this purpose, best first: PostgreSQL refuses to run as root. */
const candidates = ['postgres', 'nobody'];

/**
 * The user to drop to when this process is root; null when it already runs as an ordinary user
 * (or on Windows, where PostgreSQL drops its rights by itself).
 *
 * @throws AMDAHL_LAB_NO_USER
 */
export function unprivilegedUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  known ??= findUser();
  return known;
}

/** Accounts do not change while a process runs. */
let known: SystemUser | null = null;

function findUser(): SystemUser {
  for (const name of candidates) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid !== null && gid !== null && uid !== 0) return { name, uid, gid };
  }
  throw labErrors.create('AMDAHL_LAB_NO_USER', {
    expected: 'a user other than root that PostgreSQL can run as',
    found: `root, and no user named ${candidates.join(' or ')}`,
    next: 'Run as an ordinary user, or create one of these users.',
  });
}

/** Whether the user may read and enter a folder, whatever its parents' rights say. */
export function canReach(user: SystemUser, directory: string): boolean {
  const script = 'cd -- "$1" && test -r . && test -x .';
  return (
    spawnSync('/bin/sh', ['-c', script, 'sh', directory], {
      uid: user.uid,
      gid: user.gid,
      cwd: '/',
      stdio: 'ignore',
    }).status === 0
  );
}

function idOf(flag: '-u' | '-g', name: string): number | null {
  const result = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return result.status === 0 ? Number(result.stdout.trim()) : null;
}
