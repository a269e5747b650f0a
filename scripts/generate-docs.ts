/**
 * Writes `docs/reference/` from the code: error codes, audits, command line. With `--check`, writes
 * nothing and fails when a page is not what the code says.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { auditsPage } from './docs/audits-page.ts';
import { commandLinePage } from './docs/command-line-page.ts';
import { errorsPage } from './docs/errors-page.ts';

const directory = new URL('../docs/reference/', import.meta.url);
const check = process.argv.includes('--check');

const pages: Readonly<Record<string, string>> = {
  'audits.md': auditsPage(),
  'command-line.md': commandLinePage(),
  'errors.md': await errorsPage(),
};

await mkdir(directory, { recursive: true });
for (const [name, text] of Object.entries(pages)) {
  const file = new URL(name, directory);
  if (!check) {
    await writeFile(file, text);
    continue;
  }
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current !== text) {
    process.stderr.write(`docs/reference/${name} is not what the code says. Run: npm run docs\n`);
    process.exitCode = 1;
  }
}
