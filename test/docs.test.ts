/** The reference pages say what the code says. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runNode } from './support/run-node.ts';
import { root } from './support/workspaces.ts';

test('the generated pages are up to date', async () => {
  const { exitCode, stderr } = await runNode(['scripts/generate-docs.ts', '--check']);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});

const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
}));

/** Codes in the tables of errors, or in all other sources. */
function codesIn(part: 'tables' | 'others', pattern: RegExp): ReadonlySet<string> {
  return new Set(
    sources
      .filter(({ file }) => file.endsWith('-errors.ts') === (part === 'tables'))
      .flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1] as string)),
  );
}

test('every error code is documented, thrown somewhere, and nothing else is documented', () => {
  const documented = new Set(
    [
      ...readFileSync(join(root, 'docs/reference/errors.md'), 'utf8').matchAll(/`(AMDAHL_\w+)`/g),
    ].map((match) => match[1] as string),
  );
  const defined = codesIn('tables', /^ {2}(AMDAHL_[A-Z_]+): \{/gm);
  const thrown = codesIn('others', /'(AMDAHL_[A-Z]+_[A-Z_]+)'/g);
  expect([...documented].toSorted()).toEqual([...defined].toSorted());
  expect([...defined].filter((code) => !thrown.has(code))).toEqual([]);
});
