import type {
  CatalogArtifact,
  CatalogExtendedStatistics,
  CatalogTable,
  ColumnStatistics,
} from '../artifacts/catalog.ts';
import { formatArrayText, parseArrayText } from '../sql/array-text.ts';
import { expressionType, typeResolver, withoutModifier, type TypeResolver } from './mask-types.ts';
import { maskBound, maskConditions, valuesOfBound } from './mask-schema.ts';
import { compareCodes, familyOf, valueMask, type Family, type ValueMask } from './value-mask.ts';

/** A catalog whose statistics hold no value of the data, and what its values were replaced by. */
export interface MaskedCatalog {
  readonly catalog: CatalogArtifact;
  /**
   * The value that stands for a value of this type: for constants and parameters of statements. The
   * value itself where values of the type are schema (enums, booleans) or cannot be masked.
   */
  readonly maskValue: (type: string, value: string) => string;
}

/**
 * Replaces the real values in statistics by others of the same order and frequency, so that a catalog
 * can leave the machine and still be planned by. Numbers, dates, timestamps, UUIDs and texts are
 * masked, equal values of comparable types alike, so that joins stay what they are; the literals of
 * partition bounds, index predicates and checks go along. Enums and booleans are schema and stay.
 *
 * Limits: columns of other types (bytea, inet, jsonb, ranges, whole arrays, and times PostgreSQL did
 * not write in ISO form) keep null fraction, width and number of distinct values only. Distances
 * between values are gone: a range that ends inside a histogram's part is estimated to within that
 * part (1 % of rows). Patterns (LIKE), values that are computed with, and the current time are not
 * mapped, so statements with them may plan otherwise. Numbers of smallint and real columns are mapped
 * by themselves and join no others. Literals in the bodies of views and functions and in defaults
 * stay, as do names of tables and columns. Type modifiers (`varchar(80)`) are dropped.
 */
export function maskCatalog(catalog: CatalogArtifact): MaskedCatalog {
  const types = typeResolver(catalog);
  const masks = masksOf(catalog, types);
  const maskValue = (type: string, value: string): string => {
    const base = types.base(type);
    const family = types.isSchema(base) ? null : familyOf(base);
    return family === null ? value : (masks.get(family)?.mask(base, value) ?? value);
  };
  const mask = (type: string | null, statistics: ColumnStatistics): ColumnStatistics =>
    maskColumn(type === null ? null : types.base(type), statistics, types, masks);
  const tables = catalog.tables.map((table) => maskTable(table, mask, maskValue));
  return {
    catalog: {
      ...catalog,
      types: (catalog.types ?? []).map(({ name, definition }) => ({
        name,
        definition: definition.startsWith('CREATE DOMAIN')
          ? withoutModifier(definition)
          : definition,
      })),
      tables,
      indexes: catalog.indexes.map((index) => {
        const table = tableNamed(catalog, index.schema, index.table);
        const { expressionStatistics: known = {}, ...rest } = index;
        const expressions = Object.entries(known).map(
          ([expression, statistics]) =>
            [expression, mask(expressionType(expression), statistics)] as const,
        );
        return {
          ...rest,
          ...maskConditions(index, table, maskValue),
          ...(expressions.length === 0
            ? {}
            : { expressionStatistics: Object.fromEntries(expressions) }),
        };
      }),
      extendedStatistics: (catalog.extendedStatistics ?? []).map((statistics) =>
        maskExtended(statistics, catalog, types, masks),
      ),
    },
    maskValue,
  };
}

type Masks = ReadonlyMap<Family, ValueMask>;

function tableNamed(
  { tables }: CatalogArtifact,
  schema: string,
  name: string,
): CatalogTable | undefined {
  return tables.find((table) => table.schema === schema && table.name === name);
}

function maskTable(
  table: CatalogTable,
  mask: (type: string, statistics: ColumnStatistics) => ColumnStatistics,
  maskValue: MaskedCatalog['maskValue'],
): CatalogTable {
  return {
    ...table,
    ...(table.partitionOf === undefined
      ? {}
      : { partitionOf: { ...table.partitionOf, bound: maskBound(table, maskValue) } }),
    ...(table.checks === undefined
      ? {}
      : { checks: maskConditions({ checks: table.checks }, table, maskValue).checks ?? [] }),
    columns: table.columns.map((column) => ({
      ...column,
      type: withoutModifier(column.type),
      statistics: column.statistics === null ? null : mask(column.type, column.statistics),
      ...(column.inheritedStatistics === undefined
        ? {}
        : { inheritedStatistics: mask(column.type, column.inheritedStatistics) }),
    })),
  };
}

/** Everything known of each family, from all over the catalog, makes its mapping. */
function masksOf(catalog: CatalogArtifact, types: TypeResolver): Masks {
  const known = new Map<Family, (readonly [string, string])[]>();
  const add = (type: string, values: readonly string[]): void => {
    const base = types.base(type);
    const family = types.isSchema(base) ? null : familyOf(base);
    if (family === null) return;
    const list = known.get(family) ?? [];
    known.set(family, list);
    for (const value of values) list.push([base, value]);
  };
  const addStatistics = (type: string | null, statistics: ColumnStatistics | null): void => {
    if (type === null || statistics === null) return;
    const base = types.base(type);
    if (base.endsWith('[]')) {
      add(base.slice(0, -2), parseArrayText(statistics.elements?.mostCommon ?? null));
      return;
    }
    add(base, parseArrayText(statistics.mostCommonValues));
    add(base, parseArrayText(statistics.histogramBounds));
    if (statistics.range !== undefined) {
      add(base, [statistics.range.least, statistics.range.greatest]);
    }
  };
  for (const table of catalog.tables) {
    for (const column of table.columns) {
      addStatistics(column.type, column.statistics);
      addStatistics(column.type, column.inheritedStatistics ?? null);
    }
    for (const [type, value] of valuesOfBound(table)) add(type, [value]);
  }
  for (const { expressionStatistics = {} } of catalog.indexes) {
    for (const [expression, statistics] of Object.entries(expressionStatistics)) {
      addStatistics(expressionType(expression), statistics);
    }
  }
  for (const { table, data } of catalog.extendedStatistics ?? []) {
    const columns = tableNamed(catalog, table.schema, table.name)?.columns ?? [];
    for (const { keys, common } of data ?? []) {
      for (const [at, key] of keys.entries()) {
        const type = columns.find(({ name }) => name === key)?.type;
        if (type !== undefined)
          add(
            type,
            common.flatMap(({ values }) => values[at] ?? []),
          );
      }
    }
  }
  const compare = textOrder(catalog);
  return new Map(
    [...known].map(([family, values]) => [family, valueMask(family, values, compare)] as const),
  );
}

/** Near enough to how the database orders texts; what differs is put in order afterwards. */
function textOrder({ collation }: CatalogArtifact): (a: string, b: string) => number {
  if (collation === undefined || collation.bytewise) return compareCodes;
  const collator = new Intl.Collator('und');
  return (a, b) => collator.compare(a, b);
}

const nothing = { mostCommonValues: null, mostCommonFrequencies: null, histogramBounds: null };

function maskColumn(
  type: string | null,
  statistics: ColumnStatistics,
  types: TypeResolver,
  masks: Masks,
): ColumnStatistics {
  if (type !== null && types.isSchema(type.replace(/\[\]$/, ''))) return statistics;
  const { elements, ranges: _ranges, range, ...rest } = statistics;
  const bare = { ...rest, ...nothing };
  if (type === null) return bare;
  if (type.endsWith('[]')) {
    const masked = maskList(type.slice(0, -2), elements?.mostCommon ?? null, masks);
    return elements === undefined || masked === undefined
      ? bare
      : { ...bare, elements: { ...elements, mostCommon: ordered(masked) } };
  }
  const common = maskList(type, rest.mostCommonValues, masks);
  const bounds = maskList(type, rest.histogramBounds, masks);
  const ends = range === undefined ? [] : [range.least, range.greatest];
  const maskedEnds = maskList(type, formatArrayText(ends), masks);
  if (common === undefined || bounds === undefined || maskedEnds === undefined) return bare;
  const [least, greatest] = maskedEnds ?? [];
  return {
    ...rest,
    mostCommonValues: common === null ? null : formatArrayText(common),
    histogramBounds: ordered(bounds),
    ...(least === undefined || greatest === undefined ? {} : { range: { least, greatest } }),
  };
}

/** Null stays null; undefined when a value cannot be masked. */
function maskList(
  type: string,
  list: string | null,
  masks: Masks,
): readonly string[] | null | undefined {
  if (list === null) return null;
  const family = familyOf(type);
  const mask = family === null ? undefined : masks.get(family);
  const values = parseArrayText(list);
  if (values.length === 0) return [];
  const masked = values.map((value) => mask?.mask(type, value) ?? null);
  return masked.some((value) => value === null) ? undefined : masked.filter((v) => v !== null);
}

/** A histogram must rise; masked values of one type that do so as texts or numbers are sorted here. */
function ordered(values: readonly string[] | null): string | null {
  if (values === null || values.length === 0) return null;
  const isNumber = values.every((value) => /^-?\d+$/.test(value));
  return formatArrayText(
    values.toSorted((a, b) => (isNumber ? Number(a) - Number(b) : compareCodes(a, b))),
  );
}

function maskExtended(
  statistics: CatalogExtendedStatistics,
  catalog: CatalogArtifact,
  types: TypeResolver,
  masks: Masks,
): CatalogExtendedStatistics {
  const { schema, name } = statistics.table;
  const columns = tableNamed(catalog, schema, name)?.columns ?? [];
  return {
    ...statistics,
    data:
      statistics.data?.map((data) => {
        const typesOfKeys = data.keys.map((key) => {
          const type = columns.find((column) => column.name === key)?.type;
          return type === undefined ? null : types.base(type);
        });
        const common = data.common.map((item) => ({
          ...item,
          values: item.values.map((value, at) => {
            const type = typesOfKeys[at] ?? null;
            if (value === null || (type !== null && types.isSchema(type))) return value;
            const family = type === null ? null : familyOf(type);
            // Undefined: a combination with a value that cannot be masked is not kept.
            return (
              (family === null ? null : masks.get(family)?.mask(type ?? '', value)) ?? undefined
            );
          }),
        }));
        const isWhole = common.every((item) => item.values.every((value) => value !== undefined));
        return {
          ...data,
          common: isWhole
            ? common.map((item) => ({ ...item, values: item.values.map((v) => v ?? null) }))
            : [],
          expressions: data.expressions.map(() => null),
        };
      }) ?? null,
  };
}
