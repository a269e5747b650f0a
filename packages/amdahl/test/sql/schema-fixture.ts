import type {
  CatalogArtifact,
  CatalogColumn,
  CatalogIndex,
  CatalogTable,
} from '../../src/artifacts/catalog.ts';
import { schemaOf, type Schema } from '../../src/sql/schema.ts';

/** A column with plausible statistics: `column('total', 'bigint', { distinct: 500 })`. */
export function column(
  name: string,
  type: string,
  { distinct = -1, width = 8 }: { readonly distinct?: number; readonly width?: number } = {},
): CatalogColumn {
  return {
    name,
    type,
    notNull: true,
    default: null,
    statistics: {
      nullFraction: 0,
      averageWidth: width,
      distinct,
      mostCommonValues: null,
      mostCommonFrequencies: null,
      histogramBounds: null,
      correlation: null,
    },
  };
}

export function table(
  name: string,
  columns: readonly CatalogColumn[],
  more: Partial<CatalogTable> = {},
): CatalogTable {
  return {
    schema: 'public',
    name,
    kind: 'table',
    rows: 100_000,
    pages: 2_000,
    allVisiblePages: 2_000,
    sizeBytes: 2_000 * 8_192,
    columns,
    primaryKey: ['id'],
    foreignKeys: [],
    writes: { inserted: 100_000, updated: 500, deleted: 0 },
    ...more,
  };
}

export function index(
  of: string,
  name: string,
  keys: readonly string[],
  more: Partial<CatalogIndex> = {},
): CatalogIndex {
  return {
    schema: 'public',
    table: of,
    name,
    method: 'btree',
    keys,
    include: [],
    unique: false,
    primary: false,
    constraint: false,
    predicate: null,
    definition: `CREATE INDEX ${name} ON public.${of} USING btree (${keys.join(', ')})`,
    pages: 276,
    sizeBytes: 276 * 8_192,
    scans: 10,
    ...more,
  };
}

/** Users, orders and products of a shop, with primary keys only. */
export function shopCatalog(more: Partial<CatalogArtifact> = {}): CatalogArtifact {
  const key = (of: string): CatalogIndex =>
    index(of, `${of}_pkey`, ['id'], { unique: true, primary: true, constraint: true });
  return {
    serverVersion: '18.4',
    serverVersionNumber: 180_004,
    database: 'shop',
    settings: {},
    collation: { provider: 'builtin', name: 'C.UTF-8', bytewise: true },
    tables: [
      table('users', [
        column('id', 'integer'),
        column('email', 'text', { width: 24 }),
        column('name', 'character varying(80)', { width: 12 }),
        column('active', 'boolean', { distinct: 2, width: 1 }),
      ]),
      table('orders', [
        column('id', 'integer'),
        column('user_id', 'integer', { distinct: 9_000 }),
        column('status', 'text', { distinct: 4, width: 7 }),
        column('total', 'bigint', { distinct: 500 }),
        column('placed_on', 'date', { distinct: 900 }),
        column('updated_at', 'timestamp without time zone'),
        column('created_at', 'timestamp with time zone'),
      ]),
      table('products', [
        column('id', 'integer'),
        column('name', 'text', { width: 30 }),
        column('price', 'integer', { distinct: 800 }),
        column('description', 'text', { width: 900 }),
      ]),
    ],
    indexes: [key('users'), key('orders'), key('products')],
    statisticsSince: null,
    hidden: [],
    ...more,
  };
}

export function shopSchema(more: Partial<CatalogArtifact> = {}): Schema {
  return schemaOf(shopCatalog(more));
}
