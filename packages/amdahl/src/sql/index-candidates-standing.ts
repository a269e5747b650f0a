import type { CatalogIndex } from '../artifacts/catalog.ts';
import type { IndexProposal } from './index-definition.ts';
import { parseExpression } from './parser.ts';
import type { Schema } from './schema.ts';

/** What the table already has that begins with a proposal's keys, in their order. */
export type Standing =
  | { readonly is: 'missing' }
  /** As narrow as the proposal: to build that would be to build it twice. */
  | { readonly is: 'there' }
  /**
   * Wider ones only, this one the smallest. A narrow index beside it can pay all the same: a B-tree
   * stores equal keys once with a list of their rows (deduplication, since PostgreSQL 13), which
   * further keys make all different, so that `(order_id)` takes half of `(order_id, line)`. And the
   * planner takes the rows of an index of several keys to be a quarter less in order than those of
   * its first key alone (btcostestimate in src/backend/utils/adt/selfuncs.c), be they ever so much
   * in order: what it then saves in cost need not be saved in time.
   */
  | { readonly is: 'wider'; readonly index: CatalogIndex };

export function standingFor(proposal: IndexProposal, schema: Schema): Standing {
  const serving = schema.indexesOf(proposal.table).filter((index) => serves(index, proposal));
  const width = proposal.keys.length + proposal.include.length;
  if (serving.some(({ keys, include }) => keys.length + include.length <= width)) {
    return { is: 'there' };
  }
  const [smallest] = serving.toSorted((a, b) => a.sizeBytes - b.sizeBytes);
  if (smallest === undefined) return { is: 'missing' };
  const plain =
    proposal.predicate === undefined &&
    proposal.keys.every(({ column }) => column !== undefined) &&
    smallest.keys.length > proposal.keys.length;
  return plain ? { is: 'wider', index: smallest } : { is: 'there' };
}

/** Whether the index begins with the same keys in the same order, and holds what is included. */
function serves(index: CatalogIndex, { method, predicate, keys, include }: IndexProposal): boolean {
  if (index.method !== method) return false;
  if (conditionOf(index.predicate) !== conditionOf(predicate ?? null)) return false;
  if (keys.some((key) => key.descending !== undefined || key.operatorClass !== undefined)) {
    return false;
  }
  const carried = new Set([...index.keys, ...index.include]);
  return (
    keys.every((key, at) => index.keys[at] === (key.column ?? key.expression)) &&
    include.every((column) => carried.has(column))
  );
}

/** A condition without the casts and parentheses that PostgreSQL adds when it shows it. */
function conditionOf(predicate: string | null): string | null {
  if (predicate === null) return null;
  try {
    const text = JSON.stringify(parseExpression(predicate), (name, value: unknown) => {
      if (name === 'location') return undefined;
      const cast = (value as { TypeCast?: { arg?: unknown } } | null)?.TypeCast;
      return cast === undefined ? value : cast.arg;
    });
    return text;
  } catch {
    return predicate;
  }
}
