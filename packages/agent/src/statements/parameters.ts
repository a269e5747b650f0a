import { emptyHash, hashBytes, hashNumber, hashText } from './hash.ts';

/** Elements of a list, and levels of lists and objects, that are looked at. */
const maxElements = 50;
const maxDepth = 3;

/** A kept example is cut until its JSON is no longer than this. */
const exampleLength = 1_024;
/** Cuts tried in order: characters of a text, elements of a list. */
const cuts = [
  { characters: 200, elements: 50 },
  { characters: 64, elements: 10 },
  { characters: 16, elements: 3 },
] as const;

/** A number that equal parameter lists share. */
export function hashParameters(parameters: readonly unknown[]): number {
  return hashList(emptyHash, parameters, 0);
}

function hashList(hash: number, list: readonly unknown[], depth: number): number {
  let result = hashNumber(hash, list.length);
  const length = Math.min(list.length, maxElements);
  for (let index = 0; index < length; index += 1) result = hashValue(result, list[index], depth);
  return result;
}

function hashValue(hash: number, value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return hashText(hash, value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return hashText(hash, String(value));
    case 'object':
      return value === null ? hashNumber(hash, 1) : hashObject(hash, value, depth);
    default:
      return hashNumber(hash, 2);
  }
}

function hashObject(hash: number, value: object, depth: number): number {
  if (value instanceof Date) return hashText(hash, `date ${value.getTime()}`);
  if (value instanceof Uint8Array) return hashBytes(hash, value);
  if (depth >= maxDepth) return hashNumber(hash, 3);
  if (Array.isArray(value)) return hashList(hash, value, depth + 1);
  let result = hashNumber(hash, 4);
  let left = maxElements;
  for (const key in value) {
    if (left === 0) break;
    left -= 1;
    result = hashValue(result, (value as Readonly<Record<string, unknown>>)[key], depth + 1);
  }
  return result;
}

/** The list as JSON values, cut to about a kilobyte. What does not fit becomes null. */
export function exampleOf(parameters: readonly unknown[]): readonly unknown[] {
  for (const cut of cuts) {
    const example = parameters.map((value) => exampleValue(value, cut, 0));
    if (JSON.stringify(example).length <= exampleLength) return example;
  }
  return parameters.slice(0, exampleLength / 8).map(() => null);
}

function exampleValue(value: unknown, cut: (typeof cuts)[number], depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, cut.characters);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null || depth >= maxDepth) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) {
    // PostgreSQL's own text form of bytes.
    return `\\x${Buffer.from(value.subarray(0, cut.characters / 2)).toString('hex')}`;
  }
  if (Array.isArray(value)) {
    return value.slice(0, cut.elements).map((part) => exampleValue(part, cut, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, cut.elements)
      .map(([key, part]) => [key, exampleValue(part, cut, depth + 1)]),
  );
}
