import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unreadable } from '../log/read-lines.ts';
import { workloadErrors } from '../workload-errors.ts';

/** Folders nobody means when they name the folder above. */
const passedOver = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

/**
 * Files as they were named, and those whose name ends in `.sql` below folders, in the order of their
 * names.
 *
 * @throws AMDAHL_WORKLOAD_FILE_UNREADABLE, AMDAHL_WORKLOAD_NO_SQL_FILES
 */
export function listSqlFiles(paths: readonly string[]): readonly string[] {
  const files = new Set(paths.flatMap(filesAt));
  if (files.size > 0) return [...files];
  throw workloadErrors.create('AMDAHL_WORKLOAD_NO_SQL_FILES', {
    expected: 'a file whose name ends in .sql',
    found: `none in ${paths.join(', ')}`,
    next: 'Name the files themselves, or the folder that holds them.',
  });
}

function filesAt(path: string): readonly string[] {
  try {
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !passedOver(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() && /\.sql$/i.test(entry.name) ? [path] : [];
    });
}
