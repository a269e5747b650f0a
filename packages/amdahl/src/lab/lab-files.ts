import { join } from 'node:path';
import type { QueryFunction } from '../sql/explain.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { pageBytes } from './btree-pages.ts';
import { extendBtree, extendRelation } from './hollow-files.ts';
import { keyWidthOf, type IndexSize } from './index-size.ts';
import { modelledIndexes, type LabModel } from './lab-model.ts';

/** A relation's file and the size it is to have. */
export interface HollowFile {
  readonly path: string;
  readonly pages: number;
  /** Null for anything but a B-tree. */
  readonly keyWidthBytes: number | null;
}

/** Gives the file its size, and a B-tree its height. The server must not be running. */
export function extendFile({ path, pages, keyWidthBytes }: HollowFile): void {
  if (keyWidthBytes === null) extendRelation(path, pages);
  else extendBtree(path, pages, keyWidthBytes);
}

/** The files of all modelled tables, of their indexes and of the candidates. */
export async function filesOf(
  query: QueryFunction,
  dataDirectory: string,
  model: LabModel,
  candidates: ReadonlyMap<LabIndex, IndexSize>,
): Promise<readonly HollowFile[]> {
  const { tables } = model;
  const wanted = [
    ...tables.map((table) => ({
      schema: table.schema,
      name: table.name,
      pages: Math.round(table.sizeBytes / pageBytes),
      keyWidthBytes: null,
    })),
    ...modelledIndexes(model).map((index) => ({
      schema: index.schema,
      name: index.name,
      pages: index.pages,
      keyWidthBytes: index.method === 'btree' ? keyWidthOf(index, tables) : null,
    })),
    ...[...candidates].map(([index, size]) => ({
      schema: index.table.schema,
      name: index.name,
      pages: size.pages,
      keyWidthBytes: index.method === 'btree' ? size.keyWidthBytes : null,
    })),
  ];
  const rows = await query(
    `SELECT n.nspname AS schema, c.relname AS name, pg_relation_filepath(c.oid) AS path
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'i') AND n.nspname = ANY ($1::text[])`,
    [[...new Set(wanted.map(({ schema }) => schema))]],
  );
  const paths = new Map(
    rows.map((row) => [
      JSON.stringify([row['schema'], row['name']]),
      join(dataDirectory, String(row['path'])),
    ]),
  );
  return wanted.flatMap(({ schema, name, pages, keyWidthBytes }) => {
    const path = paths.get(JSON.stringify([schema, name]));
    return path === undefined ? [] : [{ path, pages, keyWidthBytes }];
  });
}
