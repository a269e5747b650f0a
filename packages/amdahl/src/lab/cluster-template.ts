import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readdirSync, rmSync } from 'node:fs';
import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './directories.ts';

/**
 * The files of a fresh cluster, kept in a cache folder, because initdb takes more than a second of
 * computing and unpacking what it made takes a tenth. One tar archive, so that it appears at once
 * and complete, whoever else makes the same and whenever one of them is killed. Only
 * this process's user can read or replace it.
 */
export interface ClusterTemplate {
  /** Hands the archive to `unpack` and answers what that does; false without an archive. */
  use(unpack: (archive: number) => Promise<boolean>): Promise<boolean>;
  /** Keeps what `pack` writes to the file it is given, if that went well. Never fails. */
  make(pack: (archive: number) => Promise<boolean>): Promise<void>;
}

const suffix = '.cluster.tar';
/** Suffix of what is being written; left behind where a process was killed. */
const unfinishedSuffix = '.unfinished';
/** Archives nobody used for so long are of versions that are gone. */
const keptDays = 30;
const dayMs = 86_400_000;

/**
 * The template of what these programs make with these arguments; null where none can be kept: in
 * no folder of ours, or on Windows.
 *
 * @param postgres path of the server's program
 * @param directory answers the folder they are kept in
 */
export function clusterTemplate(
  postgres: string,
  initdbArguments: readonly string[],
  directory: () => string = cacheDirectory,
): ClusterTemplate | null {
  if (process.platform === 'win32') return null;
  try {
    const cache = directory();
    const path = join(cache, keyOf(postgres, initdbArguments) + suffix);
    return { use: (unpack) => use(path, unpack), make: (pack) => make(cache, path, pack) };
  } catch {
    return null;
  }
}

/** Not the path of the programs: an installation anew, or a second one, makes the same. */
function keyOf(postgres: string, initdbArguments: readonly string[]): string {
  const parts = [
    spawnSync(postgres, ['--version'], { encoding: 'utf8' }).stdout,
    statSync(postgres).size,
    process.platform,
    process.arch,
    // initdb writes the one it finds into postgresql.conf.
    Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...initdbArguments,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

async function use(path: string, unpack: (archive: number) => Promise<boolean>): Promise<boolean> {
  let archive: number;
  try {
    archive = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    if (!(await unpack(archive))) {
      // Whatever is wrong with it, the next start shall not meet it.
      rmSync(path, { force: true });
      return false;
    }
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch {
    return false;
  } finally {
    closeSync(archive);
  }
}

async function make(
  cache: string,
  path: string,
  pack: (archive: number) => Promise<boolean>,
): Promise<void> {
  const unfinished = `${path}.${randomUUID()}${unfinishedSuffix}`;
  try {
    const archive = openSync(unfinished, 'wx', 0o600);
    try {
      if (!(await pack(archive))) return;
      // The name must not survive a loss of power without the content.
      fsyncSync(archive);
    } finally {
      closeSync(archive);
    }
    // Fails where another process was faster: an archive in use is not replaced.
    linkSync(unfinished, path);
    removeUnused(cache);
  } catch {
    // A full disk, a folder that cannot be written: the next start runs initdb again.
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function removeUnused(cache: string): void {
  for (const name of readdirSync(cache)) {
    if (!name.includes(suffix)) continue;
    const path = join(cache, name);
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    const days = name.endsWith(unfinishedSuffix) ? 1 : keptDays;
    if (ageMs > days * dayMs) rmSync(path, { force: true });
  }
}
