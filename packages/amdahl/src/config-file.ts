import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LoadProfile } from '@amdahl/load';
import { optionTable, type OptionName, type OptionValues } from './commands/options.ts';
import { readValue } from './config/given-value.ts';
import { suggest } from './config/suggest.ts';
import { profile as profileKind } from './config/value-kinds.ts';
import type { AmdahlConfig } from './config.ts';
import { workbenchErrors } from './workbench-errors.ts';

/** What a configuration file gave. */
export interface LoadedConfig {
  readonly file: string;
  /** Its folder, where its relative paths start. */
  readonly directory: string;
  readonly values: OptionValues;
  readonly profile: LoadProfile | null;
}

const fileNames = ['amdahl.config.ts', 'amdahl.config.js', 'amdahl.config.mjs'];

/** Keys of the file, each the name of an option. `profile` has no flag of its own. */
const configKeys = [
  'app',
  'cwd',
  'env',
  'url',
  'readyPath',
  'readyTimeout',
  'database',
  'replicas',
  'databaseLog',
  'script',
  'exclude',
  'workers',
  'seed',
  'objectives',
  'cpuProfile',
  'out',
  'agent',
  'analyze',
  'mask',
] as const satisfies readonly (OptionName & keyof AmdahlConfig)[];

/**
 * Loads the configuration file: the one named, else `amdahl.config.{ts,js,mjs}` of the folder; null
 * when there is none. TypeScript is loaded as Node loads it, by stripping its types.
 *
 * @throws AMDAHL_CONFIG_NOT_FOUND, AMDAHL_CONFIG_UNREADABLE, AMDAHL_CONFIG_INVALID
 */
export async function loadConfig(
  named: string | null,
  folder: string,
): Promise<LoadedConfig | null> {
  const file = named === null ? findConfig(folder) : resolve(folder, named);
  if (file === null) return null;
  if (!existsSync(file)) {
    throw workbenchErrors.create('AMDAHL_CONFIG_NOT_FOUND', {
      expected: 'a configuration file',
      found: `nothing at "${file}"`,
      next: 'Give --config a file that exists, or leave it out.',
      details: { file },
    });
  }
  return checkConfig(await importDefault(file), file);
}

function findConfig(folder: string): string | null {
  const found = fileNames.map((name) => join(folder, name)).find((file) => existsSync(file));
  return found ?? null;
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return module.default;
  } catch (cause) {
    throw workbenchErrors.create('AMDAHL_CONFIG_UNREADABLE', {
      expected: `"${file}" to be a module that Node can import`,
      found: describeThrown(cause),
      next: 'Run it with `node` to see the whole error.',
      details: { file },
      cause,
    });
  }
}

/** The error with its place in the file, which Node tells in the stack only. */
function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const place = /file:\/\/[^\s)]+?:\d+/.exec(thrown.stack ?? '')?.[0];
  return `${thrown.name}: ${thrown.message}${place === undefined ? '' : ` at ${place}`}`;
}

function checkConfig(config: unknown, file: string): LoadedConfig {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw workbenchErrors.create('AMDAHL_CONFIG_INVALID', {
      expected: `"${file}" to have a configuration object as its default export`,
      found: config === undefined ? 'no default export' : `a value of type ${typeof config}`,
      next: 'Write `export default defineConfig({ … })`.',
      details: { file },
    });
  }
  const values: Record<string, unknown> = {};
  let profile: LoadProfile | null = null;
  for (const [key, given] of Object.entries(config)) {
    if (given === undefined) continue;
    const name = configKeys.find((known) => known === key);
    if (key === 'profile') profile = readValue(profileKind, given, { key, file });
    else if (name === undefined) throw unknownKey(key, file);
    else values[name] = readValue<unknown>(optionTable[name].kind, given, { key, file });
  }
  return { file, directory: dirname(file), values, profile };
}

function unknownKey(key: string, file: string): Error {
  const known = [...configKeys, 'profile'];
  const meant = suggest(key, known);
  return workbenchErrors.create('AMDAHL_CONFIG_INVALID', {
    expected: `keys of a configuration: ${known.join(', ')}`,
    found: `"${key}"`,
    next: meant === null ? `Remove it from ${file}.` : `Did you mean "${meant}"? Change ${file}.`,
    details: { key, file },
  });
}
