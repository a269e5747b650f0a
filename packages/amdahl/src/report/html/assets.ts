import { readFileSync } from 'node:fs';

/**
 * The style sheets and scripts of the page, as the browser reads them. They lie in the package's
 * `src`, which is published beside `dist`; the path is the same from both.
 */
const directory = new URL('../../../src/report/html/assets/', import.meta.url);

/** In the order of the cascade: what holds for small screens comes last. */
const styles = [
  'base',
  'overview',
  'tables',
  'time',
  'findings',
  'evidence',
  'charts',
  'flame',
  'small',
] as const;

export function readStyles(): string {
  return styles.map((name) => read(`style/${name}.css`)).join('\n');
}

export type ScriptName = 'charts' | 'flame' | 'live';

export function readScript(name: ScriptName): string {
  return read(`script/${name}.js`);
}

function read(path: string): string {
  // Browsers take a script's hash after ends of lines are made alike.
  return readFileSync(new URL(path, directory), 'utf8').replaceAll('\r\n', '\n');
}
