import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { Guard } from './guard.ts';

/*
 * Some libraries publish nothing to subscribe to. Their modules get a few calls to the agent added
 * as Node loads them, ESM and CommonJS alike, each copy for itself. Calls go at the end of the
 * source or onto an existing line, so that no line moves. Text that is not found is left alone:
 * the probe at that place is then missing, and instruments bear that.
 */

/** One module of a library. */
export interface ModulePatch {
  /** Name of the package. */
  readonly library: string;
  /** Path of the module in its package. */
  readonly path: string;
  /** What the added code finds as `amdahlProbe`, once the module has been evaluated. */
  readonly probe: unknown;
  /** Code to add. Answers the source as it was to change nothing. */
  readonly edit: (source: string) => string;
}

/** Libraries that are only looked up, for the list of what was found. */
const observed: Readonly<Record<string, string>> = {
  'fastify/fastify.js': 'fastify',
  'express/lib/express.js': 'express',
  'undici/index.js': 'undici',
};

const agentSymbol = 'amdahl.agent.probes';
const marker = '/node_modules/';

/** Registers the patches and answers the versions of the libraries met, which fills as they load. */
export function patchModules(
  patches: readonly ModulePatch[],
  guard: Guard,
): Readonly<Record<string, string>> {
  const watched: Record<string, string> = {};
  const probes = patches.map((patch) => patch.probe);
  Object.defineProperty(globalThis, Symbol.for(agentSymbol), { value: probes });
  const byPath = new Map(patches.map((patch, index) => [`${patch.library}/${patch.path}`, index]));

  const editOf = guard.wrap((url: string): ((source: string) => string) | null => {
    const start = url.lastIndexOf(marker);
    if (start < 0) return null;
    const path = url.slice(start + marker.length);
    const index = byPath.get(path);
    const patch = index === undefined ? undefined : patches[index];
    const library = patch?.library ?? observed[path];
    if (library === undefined) return null;
    watched[library] = versionOf(new URL(`${url.slice(0, start)}${marker}${library}/`));
    if (patch === undefined) return null;
    return (source) => withProbe(source, patch.edit, index as number);
  }, null);
  const edited = guard.wrap(
    (edit: (source: string) => string, source: NodeJS.TypedArray | ArrayBuffer | string) =>
      edit(typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString()),
    null,
  );

  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (loaded.source === null || loaded.source === undefined) return loaded;
      const edit = editOf(url);
      const source = edit === null ? null : edited(edit, loaded.source);
      return source === null ? loaded : { ...loaded, source };
    },
  });
  return watched;
}

/** The probe is found through the global object: it needs no import, and works in both systems. */
function withProbe(source: string, edit: ModulePatch['edit'], index: number): string {
  const declared = addAtEnd(
    source,
    `var amdahlProbe = globalThis[Symbol.for('${agentSymbol}')][${index}];`,
  );
  const edited = edit(declared);
  return edited === declared ? source : edited;
}

function versionOf(packageFolder: URL): string {
  try {
    const text = readFileSync(new URL('package.json', packageFolder), 'utf8');
    return String((JSON.parse(text) as { readonly version?: unknown }).version);
  } catch {
    return 'unknown';
  }
}

/** The source with `addition` after its only occurrence of `anchor`; else as it was. */
export function addAfter(source: string, anchor: string, addition: string): string {
  const start = source.indexOf(anchor);
  if (start < 0 || source.includes(anchor, start + 1)) return source;
  const end = start + anchor.length;
  return source.slice(0, end) + addition + source.slice(end);
}

/** The source with code at its end. */
export function addAtEnd(source: string, addition: string): string {
  return `${source}\n;${addition}`;
}
