import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url));

export interface Workspace {
  readonly name: string;
  readonly version: string | undefined;
  /** Absolute. */
  readonly directory: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** One import of one file. */
export interface Import {
  /** Relative to the repository's root. */
  readonly file: string;
  readonly specifier: string;
}

export function workspaceAt(directory: string): Workspace {
  const manifest = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  ) as Partial<Workspace>;
  return {
    name: manifest.name ?? '',
    version: manifest.version,
    directory,
    dependencies: manifest.dependencies ?? {},
    devDependencies: manifest.devDependencies ?? {},
  };
}

/** Every workspace of the repository, the root left out. */
export const workspaces: readonly Workspace[] = globSync(
  ['packages/*/package.json', 'examples/*/package.json', 'benchmarks/package.json'],
  { cwd: root },
).map((file) => workspaceAt(join(root, dirname(file))));

/** Imports of every TypeScript and JavaScript file in the folders given, dynamic ones included. */
export function importsIn(...directories: readonly string[]): readonly Import[] {
  const files = directories.flatMap((directory) =>
    globSync('**/*.{ts,js,mjs}', {
      cwd: directory,
      exclude: ['**/node_modules', '**/dist', '**/.data', '**/.amdahl'],
    }).map((file) => join(directory, file)),
  );
  return files.flatMap((file) =>
    specifiersOf(readFileSync(file, 'utf8')).map((specifier) => ({
      file: relative(root, file),
      specifier,
    })),
  );
}

const patterns: readonly RegExp[] = [
  /^(?:import|export)\b[^;'"`]*?\bfrom\s+'([^']+)'/gm,
  /^import\s+'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'\s*\)/g,
  /\bnew URL\(\s*'(\.[^']+\.[jt]s)',\s*import\.meta\.url/g,
];

/** Text inside comments and templates does not start a line with `import`; this reads no more. */
function specifiersOf(source: string): readonly string[] {
  const code = source.replaceAll(/^\s*(\/?\*|\/\/).*$/gm, '');
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1] as string),
  );
}

export function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}

export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** `@scope/name` or `name` of a bare specifier such as `@scope/name/sub/path`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Where a relative specifier leads, absolute. */
export function targetOf({ file, specifier }: Import): string {
  return resolve(root, dirname(file), specifier);
}
