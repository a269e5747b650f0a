import type { ArtifactName, Artifacts } from './artifacts.ts';

/** What a field of a JSON object must be at least. */
export type FieldKind = 'string' | 'number' | 'object' | 'array';

/**
 * The fields an artifact cannot be read without. It tells a file that was cut, mixed up or edited
 * from a good one; it is not a full schema, since only Amdahl writes these files.
 */
export const artifactShapes: {
  readonly [Name in ArtifactName]: { readonly [Field in keyof Artifacts[Name]]?: FieldKind };
} = {
  target: { url: 'string', cwd: 'string', machine: 'object' },
  routes: { source: 'string', routes: 'array', leftOut: 'array' },
  responses: { responses: 'array' },
  load: { result: 'object', verdict: 'object' },
  agent: { processes: 'array' },
  cpuProfile: { durationMs: 'number', profiles: 'array' },
  catalog: { serverVersion: 'string', tables: 'array', indexes: 'array' },
  plans: { plans: 'array' },
  experiments: { fidelity: 'object', indexes: 'array', rewrites: 'array' },
  locks: { samples: 'number', waits: 'array', idleInTransaction: 'array' },
};

/** Every artifact there is, in the order of the pipeline. */
export const artifactNames: readonly ArtifactName[] = Object.keys(artifactShapes) as ArtifactName[];

/** What is wrong with a value, as a noun phrase; null when it has the shape. */
export function shapeProblem(
  value: unknown,
  shape: Readonly<Record<string, FieldKind | undefined>>,
): string | null {
  if (kindOf(value) !== 'object') return `${describe(value)} where an object should be`;
  for (const [field, kind] of Object.entries(shape)) {
    const found = (value as Record<string, unknown>)[field];
    if (kind !== undefined && kindOf(found) !== kind) {
      return `${describe(found)} where "${field}" should be of type ${kind}`;
    }
  }
  return null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : `a value of type ${kindOf(value)}`;
}
