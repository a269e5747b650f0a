import { glob } from 'node:fs/promises';
import type { ErrorDefinition, ErrorTable } from '@amdahl/metrics';
import { table } from './markdown.ts';

const repository = new URL('../../', import.meta.url);

const exitCodeNames: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'objective missed',
  2: 'usage',
  3: 'could not measure',
  130: 'interrupted',
};

/** Error codes of every package, from their tables in `*-errors.ts`. */
export async function errorsPage(): Promise<string> {
  const definitions = await errorDefinitions();
  const rows = [...definitions]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([code, { when, exitCode }]) => [
      `<a id="${code.toLowerCase()}"></a>\`${code}\``,
      when,
      `${exitCode} (${exitCodeNames[exitCode]})`,
    ]);
  return [
    '# Error codes',
    '',
    'Generated from the error tables by `npm run docs`. Match on `error.code`. Each message says what was expected, what was found and the next step; `error.details` holds the values for programs.',
    '',
    table(['Code', 'When', 'Exit code'], rows),
    '',
  ].join('\n');
}

async function errorDefinitions(): Promise<Map<string, ErrorDefinition>> {
  const definitions = new Map<string, ErrorDefinition>();
  for await (const file of glob('packages/*/src/**/*-errors.ts', { cwd: repository.pathname })) {
    const module = (await import(new URL(file, repository).href)) as Record<string, unknown>;
    for (const exported of Object.values(module)) {
      if (!isErrorTable(exported)) continue;
      for (const [code, definition] of Object.entries(exported.definitions)) {
        definitions.set(code, definition);
      }
    }
  }
  return definitions;
}

function isErrorTable(value: unknown): value is ErrorTable<string> {
  return typeof value === 'object' && value !== null && 'definitions' in value;
}
