import type {
  CatalogExtendedStatistics,
  CatalogName,
  ColumnStatistics,
  ExtendedStatisticsData,
  StatisticsKey,
} from '../artifacts/catalog.ts';
import type { ServerRow } from './catalog-rows.ts';
import { nameKey } from './hierarchy.ts';
import type { ReadOnlyDatabase } from './read-only-database.ts';
import { qualifiedName, quoteIdentifier } from './schema.ts';
import {
  extendedDataQuery,
  extendedExpressionsQuery,
  extendedStatisticsQuery,
} from './statistics-queries.ts';

interface DefinitionRow {
  readonly schema: string;
  readonly name: string;
  readonly tableSchema: string;
  readonly tableName: string;
  readonly partitioned: boolean;
  readonly definition: string;
  readonly visible: boolean;
  readonly owner: string;
  readonly ownedBySuperuser: boolean;
  /** By attribute number. */
  readonly columns: Readonly<Record<string, string>> | null;
}

interface DataRow {
  readonly schema: string;
  readonly name: string;
  /** Null before PostgreSQL 15, which kept one set: of the whole tree for a partitioned table. */
  readonly inherited: boolean | null;
  readonly columns: readonly string[] | null;
  readonly expressions: readonly string[] | null;
  /** `{"1, 3": 400}` by attribute numbers; those of expressions are negative. */
  readonly distinct: string | null;
  /** `{"1 => 3": 0.9}` */
  readonly dependencies: string | null;
  readonly values: readonly (readonly (string | null)[])[] | null;
  readonly frequencies: readonly number[] | null;
  readonly baseFrequencies: readonly number[] | null;
}

interface ExpressionRow extends Omit<ColumnStatistics, 'nullFraction'> {
  readonly nullFraction: number | null;
  readonly schema: string;
  readonly name: string;
  readonly expression: string;
  readonly inherited: boolean | null;
}

/** Reads extended statistics of some tables, with what of their data the role may see. */
export async function readExtendedStatistics(
  database: ReadOnlyDatabase,
  server: ServerRow,
  tables: readonly CatalogName[],
): Promise<{
  readonly statistics: readonly CatalogExtendedStatistics[];
  readonly hidden: readonly string[];
}> {
  const version = server.serverVersionNumber;
  const names = [tables.map(({ schema }) => schema), tables.map(({ name }) => name)];
  const definitions = await database.query<DefinitionRow>(extendedStatisticsQuery, names);
  if (definitions.length === 0) return { statistics: [], hidden: [] };
  const data = await database.query<DataRow>(extendedDataQuery(version), names);
  const expressions =
    version >= 140_000
      ? await database.query<ExpressionRow>(extendedExpressionsQuery(version), names)
      : [];
  const expressionsOf = Map.groupBy(
    expressions.filter(({ nullFraction }) => nullFraction !== null),
    nameKey,
  );
  const dataOf = Map.groupBy(
    data.filter((row) => isKnown(row) || expressionsOf.has(nameKey(row))),
    nameKey,
  );
  const hidden: string[] = [];
  const statistics = definitions.map((row) => {
    const found = (dataOf.get(nameKey(row)) ?? []).map((each) =>
      dataFrom(row, each, expressionsOf.get(nameKey(row)) ?? []),
    );
    const isHidden = found.length === 0 && !row.visible;
    if (isHidden) hidden.push(hiddenSentence(row, server.role));
    return {
      schema: row.schema,
      name: row.name,
      table: { schema: row.tableSchema, name: row.tableName },
      definition: row.definition,
      data: isHidden ? null : found,
    };
  });
  return { statistics, hidden };
}

function hiddenSentence(row: DefinitionRow, role: string): string {
  const name = qualifiedName(row.schema, row.name);
  const table = qualifiedName(row.tableSchema, row.tableName);
  const grant = `GRANT ${quoteIdentifier(row.owner)} TO ${quoteIdentifier(role)}`;
  // Nobody should be made a superuser to read statistics.
  const remedy = row.ownedBySuperuser
    ? `read as ${row.owner} to have them`
    : `${grant} for as long as Amdahl reads, or read as ${row.owner}`;
  return `What the extended statistics ${name} hold is shown to the owner of ${table} only, so the lab takes its columns as independent: ${remedy}.`;
}

/** Before PostgreSQL 15 statistics that were never gathered had a row of nulls. */
function isKnown(row: DataRow): boolean {
  return [row.distinct, row.dependencies, row.values].some((each) => each !== null);
}

function dataFrom(
  { partitioned, columns }: DefinitionRow,
  row: DataRow,
  expressionRows: readonly ExpressionRow[],
): ExtendedStatisticsData {
  const keyOf = (number: string): StatisticsKey => {
    const attribute = Number(number);
    return attribute < 0 ? attribute : (columns?.[number] ?? attribute);
  };
  const keysOf = (list: string): readonly StatisticsKey[] => list.split(', ').map(keyOf);
  const expressions = row.expressions ?? [];
  return {
    inherited: row.inherited ?? partitioned,
    keys: [...(row.columns ?? []), ...expressions.map((_, at) => -1 - at)],
    distinct: entriesOf(row.distinct).map(([keys, distinct]) => ({
      keys: keysOf(keys),
      distinct,
    })),
    dependencies: entriesOf(row.dependencies).map(([rule, degree]) => {
      const [from = '', to = ''] = rule.split(' => ');
      return { keys: keysOf(from), implies: keyOf(to), degree };
    }),
    common: (row.values ?? []).map((values, at) => ({
      values,
      frequency: row.frequencies?.[at] ?? 0,
      baseFrequency: row.baseFrequencies?.[at] ?? 0,
    })),
    expressions: expressions.map((expression) => {
      const found = expressionRows.find(
        (each) => each.expression === expression && each.inherited === row.inherited,
      );
      return found === undefined ? null : columnStatistics(found);
    }),
  };
}

function columnStatistics(row: ExpressionRow): ColumnStatistics | null {
  const { schema: _s, name: _n, expression: _e, inherited: _i, nullFraction, ...rest } = row;
  return nullFraction === null ? null : { nullFraction, ...rest };
}

function entriesOf(json: string | null): readonly (readonly [string, number])[] {
  return json === null ? [] : Object.entries(JSON.parse(json) as Record<string, number>);
}
