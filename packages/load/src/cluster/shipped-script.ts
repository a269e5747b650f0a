import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadErrors } from '../load-errors.ts';

/** A load script, the files it imports by relative paths, and the data of its feeders. */
export interface ShippedScript {
  /** Path of the script among the files. */
  readonly entry: string;
  /** Text by path, relative to the folder that holds them all, with `/`. */
  readonly files: Readonly<Record<string, string>>;
}

/** More is no load script; it would be sent to every machine. */
const maxBytes = 4 * 1024 * 1024;
/** A script is imported long before. */
const leftOverMs = 600_000;
const packageFolder: string = fileURLToPath(new URL('../..', import.meta.url));
/** `feeder.csv('users.csv')`, whose path starts at the folder of the script. */
const dataFile = /\bfeeder\s*\.\s*(?:csv|json)\s*(?:<[^()]*>)?\s*\(\s*['"]([^'"]+)['"]/g;
/** `from './x.ts'`, `import './x.ts'`, `import('./x.ts')` */
const relativeImport = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/**
 * Reads a script and, from there on, every file imported by a relative path.
 *
 * @throws `AMDAHL_LOAD_BAD_SCRIPT` when one of them cannot be read, or they are too large
 */
export async function packScript(file: string): Promise<ShippedScript> {
  const texts = new Map<string, string>();
  const pending = [resolve(file)];
  let bytes = 0;
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (texts.has(path)) continue;
    // oxlint-disable-next-line no-await-in-loop -- what comes next is known only from the text
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw bad('a load script whose imports can be read', (cause as Error).message, file, cause);
    });
    bytes += Buffer.byteLength(text);
    if (bytes > maxBytes) throw bad(`a load script of up to ${maxBytes} bytes`, 'more', file);
    texts.set(path, text);
    for (const [, specifier = ''] of text.matchAll(relativeImport)) {
      pending.push(resolve(dirname(path), specifier));
    }
    for (const [, name = ''] of text.matchAll(dataFile)) {
      pending.push(resolve(dirname(resolve(file)), name));
    }
  }
  const root = commonFolder([...texts.keys()]);
  const nameOf = (path: string): string => relative(root, path).split(sep).join('/');
  return {
    entry: nameOf(resolve(file)),
    files: Object.fromEntries([...texts].map(([path, text]) => [nameOf(path), text])),
  };
}

/** Writes the files into a folder of their own, in which `@amdahl/load` is this very package. */
export async function unpackScript(
  script: ShippedScript,
): Promise<{ readonly file: string; readonly remove: () => Promise<void> }> {
  await removeLeftOvers();
  const folder = await mkdtemp(join(tmpdir(), `amdahl-worker-${process.pid}-`));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(join(folder, 'node_modules', '@amdahl'), { recursive: true });
    await symlink(packageFolder, join(folder, 'node_modules', '@amdahl', 'load'), 'junction');
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    for (const [name, text] of Object.entries(script.files)) {
      const path = resolve(folder, 'script', name);
      if (!path.startsWith(join(folder, 'script') + sep)) {
        throw bad('files beside the script', name, script.entry);
      }
      // oxlint-disable-next-line no-await-in-loop -- a handful of small files
      await mkdir(dirname(path), { recursive: true });
      // oxlint-disable-next-line no-await-in-loop -- a handful of small files
      await writeFile(path, text);
    }
    return { file: join(folder, 'script', script.entry), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Takes away the folders of workers that were killed. */
async function removeLeftOvers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^amdahl-worker-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    try {
      // oxlint-disable-next-line no-await-in-loop -- a handful at most
      const { mtimeMs } = await stat(folder);
      // One of another container, whose processes are not seen from here, may still be read.
      // oxlint-disable-next-line no-await-in-loop -- see above
      if (Date.now() - mtimeMs > leftOverMs) await rm(folder, { recursive: true });
    } catch {
      // Somebody else's, or gone meanwhile.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? '/');
  while (!paths.every((path) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    folder = dirname(folder);
  }
  return folder;
}

function bad(expected: string, found: string, file: string, cause?: unknown): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_SCRIPT', {
    expected,
    found: `${found} (${file})`,
    next: 'Correct the import, or take it out.',
    cause,
    details: { file },
  });
}
