import { createHash } from 'node:crypto';
import type { CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import { quoteIdentifier, quoteTable } from './schema.ts';

/** An index worth trying. */
export interface IndexProposal {
  readonly table: CatalogTable;
  readonly method: 'btree' | 'gin';
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  /** Only rows that satisfy this are in it: `status = 'failed'`. Absent for all rows. */
  readonly predicate?: string;
  /** Share of the table's rows that are in it, 0..1. @default 1 */
  readonly selectivity?: number;
  /** Made of two candidates, for statements that would want one each. */
  readonly merged?: true;
  /**
   * The table has this one already, which begins with the same keys and goes on: it serves the same
   * statements, by more pages.
   */
  readonly beside?: CatalogIndex;
  /** Why it is tried. */
  readonly reason: string;
  /** The kind of condition it answers, when that is one no plain index can serve. */
  readonly rule?: 'leading-wildcard' | 'function-on-column';
  /** An extension the target would have to install first. */
  readonly requires?: string;
}

/** A proposal with its name and SQL. */
export interface LabIndex extends IndexProposal {
  readonly name: string;
  /** `CREATE INDEX name ON table …` */
  readonly definition: string;
}

/** One key: a column or an expression. */
export interface IndexKey {
  readonly column?: string;
  readonly expression?: string;
  readonly descending?: boolean;
  readonly nullsFirst?: boolean;
  readonly operatorClass?: string;
}

/** Longest identifier PostgreSQL keeps is 63 bytes; a few are left for a number. */
const maxNameBytes = 60;

/**
 * Names the index much as PostgreSQL would, but tells directions and INCLUDE apart, and writes its
 * definition.
 *
 * @param taken names the database already has
 */
export function defineIndex(index: IndexProposal, taken: ReadonlySet<string>): LabIndex {
  const wanted = nameOf(index);
  let name = wanted;
  for (let number = 1; taken.has(name); number += 1) name = `${wanted}${number}`;
  const using = index.method === 'btree' ? '' : `USING ${index.method} `;
  const keys = index.keys.map(keySql).join(', ');
  const include =
    index.include.length === 0 ? '' : ` INCLUDE (${index.include.map(quoteIdentifier).join(', ')})`;
  const where = index.predicate === undefined ? '' : ` WHERE ${index.predicate}`;
  const { schema, name: table } = index.table;
  const on = schema === 'public' ? quoteIdentifier(table) : quoteTable(index.table);
  return {
    ...index,
    name,
    definition: `CREATE INDEX ${quoteIdentifier(name)} ON ${on} ${using}(${keys})${include}${where}`,
  };
}

/** What an index holds, as far as building and keeping it takes different time. */
export type IndexKind = 'numbers' | 'texts' | 'gin';

export function indexKind({ method, keys, include, table }: IndexProposal): IndexKind {
  if (method === 'gin') return 'gin';
  const columns = new Set([...keys.map(({ column }) => column), ...include]);
  const wide = table.columns.some(
    ({ name, type }) => columns.has(name) && /^(text|character|uuid|numeric|bytea)/.test(type),
  );
  return wide || columns.has(undefined) ? 'texts' : 'numbers';
}

/** The migration: built without blocking writes. */
export function concurrently(definition: string): string {
  return definition.replace(/^CREATE INDEX /, 'CREATE INDEX CONCURRENTLY ');
}

/** The index's name in a definition of this module, quoted where it must be. */
export function indexName(definition: string): string {
  return /^CREATE INDEX ("(?:[^"]|"")+"|\S+)/.exec(definition)?.[1] ?? '';
}

function keySql(key: IndexKey): string {
  const value = key.column === undefined ? `(${key.expression})` : quoteIdentifier(key.column);
  const parts = [value, key.operatorClass];
  if (key.descending !== undefined) {
    parts.push(key.descending ? 'DESC' : 'ASC');
    // NULLS FIRST is what DESC means by itself.
    if (key.nullsFirst !== key.descending)
      parts.push(key.nullsFirst === true ? 'NULLS FIRST' : 'NULLS LAST');
  }
  return parts.filter((part) => part !== undefined).join(' ');
}

function nameOf({ table, keys, include, predicate }: IndexProposal): string {
  const word = (text: string): string => text.replaceAll(/\W+/g, '_').replaceAll(/^_|_$/g, '');
  const parts = keys.flatMap((key) => [
    key.column ?? word(key.expression ?? ''),
    ...(key.descending === undefined ? [] : [key.descending ? 'desc' : 'asc']),
    ...(key.operatorClass === undefined ? [] : [key.operatorClass.replace(/_ops$/, '')]),
  ]);
  const payload = include.length === 0 ? [] : ['incl', ...include];
  const where = predicate === undefined ? [] : ['where', word(predicate)];
  const name = [table.name, ...parts, ...payload, ...where, 'idx'].join('_').toLowerCase();
  if (Buffer.byteLength(name) <= maxNameBytes) return name;
  const digest = createHash('sha256').update(name).digest('hex');
  return `${name.slice(0, maxNameBytes - 16)}_${digest.slice(0, 8)}_idx`;
}
