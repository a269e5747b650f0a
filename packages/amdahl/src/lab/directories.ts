import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { canReach, type SystemUser } from './system-user.ts';

/** A folder that survives this process; when this process is root, other users may look into it. */
export function cacheDirectory(): string {
  const directory =
    process.getuid?.() === 0
      ? '/var/cache/amdahl'
      : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'amdahl');
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  return directory;
}

/** A fresh folder owned by `user` (null: by this process's user), where that user can reach it. */
export function temporaryDirectory(user: SystemUser | null): string {
  const places = [tmpdir(), '/tmp', '/var/tmp'];
  const place = user === null ? tmpdir() : places.find((path) => canReach(user, path));
  const directory = mkdtempSync(join(place ?? cacheDirectory(), 'amdahl-postgres-'));
  own(directory, user);
  return directory;
}

/** Makes `directory` if it is not there, gives it to `user`, and answers its true path. */
export function keptDirectory(directory: string, user: SystemUser | null): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (readdirSync(directory).length === 0) own(directory, user);
  return realpathSync(directory);
}

function own(directory: string, user: SystemUser | null): void {
  chmodSync(directory, 0o700);
  if (user !== null && statSync(directory).uid !== user.uid) {
    chownSync(directory, user.uid, user.gid);
  }
}
