import { join } from 'node:path';
import type { QueryFunction } from '../sql/explain.ts';
import { nameKey } from '../sql/hierarchy.ts';
import { pageBytes } from './btree-pages.ts';
import type { Candidate } from './candidates.ts';
import { extendBtree, extendRelation, markVisible } from './hollow-files.ts';
import { keyWidthOf } from './index-size.ts';
import type { CompleteModel } from './lab-model.ts';

/** A relation's file and the size it is to have. */
export interface HollowFile {
  readonly path: string;
  readonly pages: number;
  /** Null for anything but a B-tree. */
  readonly keyWidthBytes: number | null;
  /** Of a B-tree: a small one that holds the ends. */
  readonly endsPath: string | null;
  /** Of a table: indexes on it have ends. */
  readonly hasEnds: boolean;
}

/** Gives the file its size, and a B-tree its height and ends. The server must not be running. */
export function extendFile({ path, pages, keyWidthBytes, endsPath, hasEnds }: HollowFile): void {
  if (keyWidthBytes === null) extendRelation(path, pages);
  else extendBtree(path, pages, keyWidthBytes, endsPath);
  if (hasEnds) markVisible(path);
}

/** The files of all modelled tables, of their indexes and of the candidates. */
export async function filesOf(
  query: QueryFunction,
  dataDirectory: string,
  { tables, indexes, table: tableNamed }: CompleteModel,
  candidates: readonly Candidate[],
  ends: ReadonlyMap<string, string>,
): Promise<readonly HollowFile[]> {
  const withEnds = new Set(
    indexes
      .filter((index) => ends.has(nameKey(index)))
      .map(({ schema, table }) => nameKey({ schema, name: table })),
  );
  const wanted = [
    ...tables.map((table) => ({
      schema: table.schema,
      name: table.name,
      pages: Math.round(table.sizeBytes / pageBytes),
      keyWidthBytes: null,
    })),
    ...indexes.map((index) => ({
      schema: index.schema,
      name: index.name,
      pages: index.pages,
      keyWidthBytes:
        index.method === 'btree' ? keyWidthOf(index, tableNamed(index.schema, index.table)) : null,
    })),
    ...candidates.flatMap(({ index: { method }, parts }) =>
      parts.map(({ schema, name, size }) => ({
        schema,
        name,
        pages: size.pages,
        keyWidthBytes: method === 'btree' ? size.keyWidthBytes : null,
      })),
    ),
  ];
  // What is partitioned ('p', 'I') has no file.
  const rows = await query(
    `SELECT n.nspname AS schema, c.relname AS name, pg_relation_filepath(c.oid) AS path
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'i') AND n.nspname = ANY ($1::text[])`,
    [[...new Set(wanted.map(({ schema }) => schema))]],
  );
  const paths = new Map(
    rows.map((row) => [
      nameKey({ schema: String(row['schema']), name: String(row['name']) }),
      join(dataDirectory, String(row['path'])),
    ]),
  );
  return wanted.flatMap(({ pages, keyWidthBytes, ...name }) => {
    const key = nameKey(name);
    const path = paths.get(key);
    if (path === undefined) return [];
    const twin = ends.get(key);
    return [
      {
        path,
        pages,
        keyWidthBytes,
        endsPath: twin === undefined ? null : join(dataDirectory, twin),
        hasEnds: withEnds.has(key),
      },
    ];
  });
}
