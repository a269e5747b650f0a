import type { IndexElem, Node } from 'libpg-query';
import type { CatalogIndex } from '../../artifacts/catalog.ts';
import { as } from '../../sql/ast.ts';
import { parseStatement } from '../../sql/parser.ts';

/** An index and the one that does its work as well. */
export interface Redundant {
  readonly index: CatalogIndex;
  readonly coveredBy: CatalogIndex;
}

/** Indexes of one table that another one makes superfluous, each with the one that stays. */
export function redundantAmong(indexes: readonly CatalogIndex[]): readonly Redundant[] {
  const dropped = new Set<CatalogIndex>();
  const redundant: Redundant[] = [];
  // Shorter ones first; of twins the one that was used less.
  const candidates = indexes
    .filter(
      ({ unique, primary, constraint, pinned, partOf }) =>
        !unique && !primary && !constraint && pinned !== true && partOf === undefined,
    )
    .toSorted((a, b) => a.keys.length - b.keys.length || a.scans - b.scans);
  for (const index of candidates) {
    const coveredBy = indexes.find(
      (other) => other !== index && !dropped.has(other) && covers(other, index),
    );
    if (coveredBy === undefined) continue;
    dropped.add(index);
    redundant.push({ index, coveredBy });
  }
  return redundant;
}

/** Whether `wide` begins with the keys of `narrow`, in its order and operator classes. */
function covers(wide: CatalogIndex, narrow: CatalogIndex): boolean {
  if (wide.method !== 'btree' || narrow.method !== 'btree') return false;
  if (wide.predicate !== narrow.predicate) return false;
  const [wideKeys, narrowKeys] = [keysOf(wide), keysOf(narrow)];
  if (narrowKeys.length === 0 || narrowKeys.length > wideKeys.length) return false;
  const carried = new Set([...wide.keys, ...wide.include]);
  return (
    narrowKeys.every((key, at) => key === wideKeys[at]) &&
    narrow.include.every((column) => carried.has(column))
  );
}

/** Each key with direction, operator class and collation, as comparable text. */
function keysOf(index: CatalogIndex): readonly string[] {
  const statement = as(parseStatement(index.definition).node, 'IndexStmt');
  return (statement?.indexParams ?? []).map((param: Node) => {
    const element: IndexElem = as(param, 'IndexElem') ?? {};
    return JSON.stringify(element, (name, value: unknown) =>
      name === 'location' ? undefined : value,
    );
  });
}
