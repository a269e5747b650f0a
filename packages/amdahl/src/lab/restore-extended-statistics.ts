import type {
  CatalogExtendedStatistics,
  ExtendedStatisticsData,
  StatisticsKey,
} from '../artifacts/catalog.ts';
import type { QueryFunction } from '../sql/explain.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from '../sql/schema.ts';
import { dependenciesBytes, distinctBytes, withFrequencies } from './extended-statistics-bytes.ts';
import { importColumns } from './import-statistics.ts';
import type { CompleteModel } from './lab-model.ts';
import type { LabQueries } from './restore-schema.ts';

/**
 * Extended statistics have no import function in PostgreSQL 18. Their parts are made one by one and
 * written into the catalog:
 *
 * - n_distinct and dependencies are bytes we can write ourselves; a cast without a function turns
 *   them into the types of the catalog.
 * - A list of most common values holds values in the binary form of their types. PostgreSQL makes
 *   it: a scratch table holds each combination once, ANALYZE lists them all, then their true
 *   frequencies are put into the bytes.
 * - Statistics of expressions are rows of `pg_statistic`: imported for a column of the scratch
 *   table that has the expression's type, and taken from there.
 */
export async function restoreExtendedStatistics(
  { admin, planner }: LabQueries,
  model: CompleteModel,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  const modelled = model.extendedStatistics;
  if (modelled.length === 0) return warnings;
  for (const type of ['pg_ndistinct', 'pg_dependencies', 'pg_mcv_list']) {
    await admin(`CREATE CAST (bytea AS ${type}) WITHOUT FUNCTION`);
  }
  await planner('CREATE SCHEMA amdahl_scratch');
  for (const statistics of modelled) {
    const name = qualifiedName(statistics.schema, statistics.name);
    try {
      await planner(statistics.definition);
      if (statistics.data === null) {
        warnings.push(
          `The lab has not what the extended statistics ${name} hold: they are hidden.`,
        );
      }
      for (const data of statistics.data ?? []) {
        await restoreData({ admin, planner }, statistics, data);
      }
    } catch (error) {
      warnings.push(
        `The lab has not the extended statistics ${name}: ${(error as Error).message}.`,
      );
    }
  }
  await planner('DROP SCHEMA amdahl_scratch CASCADE');
  return warnings;
}

async function restoreData(
  queries: LabQueries,
  statistics: CatalogExtendedStatistics,
  data: ExtendedStatisticsData,
): Promise<void> {
  const { admin } = queries;
  const target = await definedInLab(admin, statistics);
  const numbers = (keys: readonly StatisticsKey[]): readonly number[] =>
    keys.map((key) => (typeof key === 'number' ? key : (target.attributes[key] ?? 0)));
  const distinct = data.distinct.map((item) => ({
    attributes: numbers(item.keys),
    distinct: item.distinct,
  }));
  const dependencies = data.dependencies.map((item) => ({
    attributes: numbers([...item.keys, item.implies]),
    degree: item.degree,
  }));
  const needsScratch = data.common.length > 0 || data.expressions.some((each) => each !== null);
  if (needsScratch) await makeScratch(queries.planner, statistics, data, target.expressions);
  const common = data.common.length > 0 ? await commonValues(queries, data) : null;
  const expressions = await expressionRows(queries, data);
  await admin(
    `INSERT INTO pg_statistic_ext_data
       (stxoid, stxdinherit, stxdndistinct, stxddependencies, stxdmcv, stxdexpr)
     VALUES ($1, $2, $3::bytea::pg_ndistinct, $4::bytea::pg_dependencies,
             $5::bytea::pg_mcv_list, ${expressions})`,
    [
      target.oid,
      data.inherited,
      distinct.length === 0 ? null : distinctBytes(distinct),
      dependencies.length === 0 ? null : dependenciesBytes(dependencies),
      common,
    ],
  );
}

interface DefinedInLab {
  readonly oid: string;
  /** Attribute numbers by column. */
  readonly attributes: Readonly<Record<string, number>>;
  readonly expressions: readonly string[];
}

async function definedInLab(
  query: QueryFunction,
  { schema, name }: CatalogExtendedStatistics,
): Promise<DefinedInLab> {
  const [row] = await query(
    `SELECT s.oid::int8::text AS oid,
            (SELECT coalesce(json_object_agg(a.attname, a.attnum), '{}') FROM pg_attribute a
             WHERE a.attrelid = s.stxrelid AND a.attnum > 0) AS attributes,
            to_json(coalesce(pg_get_statisticsobjdef_expressions(s.oid), '{}')) AS expressions
     FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
     WHERE n.nspname = $1 AND s.stxname = $2`,
    [schema, name],
  );
  return row as unknown as DefinedInLab;
}

/** A column for each key, in order: `k0`, `k1`, … with the types the keys have. */
async function makeScratch(
  query: QueryFunction,
  { table }: CatalogExtendedStatistics,
  { keys }: ExtendedStatisticsData,
  expressions: readonly string[],
): Promise<void> {
  const columns = keys.map((key, at) => {
    const value = typeof key === 'number' ? `(${expressions[-1 - key]})` : quoteIdentifier(key);
    return `${value} AS k${at}`;
  });
  await query('DROP TABLE IF EXISTS amdahl_scratch.t');
  await query(
    `CREATE TABLE amdahl_scratch.t AS SELECT ${columns.join(', ')} FROM ONLY ${quoteTable(table)} LIMIT 0`,
  );
}

/** As many as a list may have (`STATS_MCVLIST_MAX_ITEMS`). */
const mostItems = 10_000;

async function commonValues(
  { admin, planner }: LabQueries,
  { keys, common }: ExtendedStatisticsData,
): Promise<Buffer> {
  const names = keys.map((_, at) => `k${at}`);
  const [types] = (await planner(
    `SELECT json_agg(format_type(atttypid, atttypmod) ORDER BY attnum) AS list
     FROM pg_attribute WHERE attrelid = 'amdahl_scratch.t'::regclass AND attnum > 0`,
  )) as readonly { list: readonly string[] }[];
  const values = names.map((_, at) => `(item ->> ${at})::${types?.list[at] ?? 'text'}`);
  await planner(
    `INSERT INTO amdahl_scratch.t SELECT ${values.join(', ')} FROM jsonb_array_elements($1) item`,
    [JSON.stringify(common.map((item) => item.values))],
  );
  await planner(
    `CREATE STATISTICS amdahl_scratch.s (mcv) ON ${names.join(', ')} FROM amdahl_scratch.t`,
  );
  await planner(`ALTER STATISTICS amdahl_scratch.s SET STATISTICS ${mostItems}`);
  // ANALYZE looks at 300 rows for each of the largest target: at all of them here.
  await planner('ANALYZE amdahl_scratch.t');
  const ordered = await admin(
    `SELECT d.stxdmcv::bytea AS list,
            (SELECT json_agg(m.values ORDER BY m.index) FROM pg_mcv_list_items(d.stxdmcv) m) AS items
     FROM pg_statistic_ext_data d JOIN pg_statistic_ext s ON s.oid = d.stxoid
     WHERE s.stxnamespace = 'amdahl_scratch'::regnamespace`,
  );
  const { list, items } = ordered[0] as { list: Buffer; items: readonly unknown[] };
  // The lab may write a value in another way than the target: it says how it writes each.
  const written = await planner(
    `SELECT json_agg(json_build_array(${values.map((value) => `(${value})::text`).join(', ')})
                     ORDER BY position) AS texts
     FROM jsonb_array_elements($1) WITH ORDINALITY u(item, position)`,
    [JSON.stringify(common.map((item) => item.values))],
  );
  const texts = (written[0]?.['texts'] ?? []) as readonly unknown[];
  const byText = new Map(texts.map((text, at) => [JSON.stringify(text), common[at]]));
  const found = items.map((item) => byText.get(JSON.stringify(item)));
  if (found.some((item) => item === undefined)) {
    throw new Error('its most common values have another form here');
  }
  return withFrequencies(
    list,
    keys.length,
    found.filter((item) => item !== undefined),
  );
}

/** An SQL expression for `stxdexpr`, from statistics imported for columns of the scratch table. */
async function expressionRows(
  { planner }: LabQueries,
  { keys, expressions }: ExtendedStatisticsData,
): Promise<string> {
  if (expressions.every((each) => each === null)) return 'NULL';
  // What the list of common values needed must not be taken for the expressions' own.
  const columns = keys.flatMap((key, at) =>
    typeof key === 'number'
      ? [{ column: `k${at}`, statistics: expressions[-1 - key] ?? null }]
      : [],
  );
  await importColumns(
    planner,
    columns.flatMap(({ column, statistics }) =>
      statistics === null
        ? []
        : [{ schema: 'amdahl_scratch', relation: 't', column, inherited: true, statistics }],
    ),
  );
  const rows = columns.map(
    ({ column }) =>
      `(SELECT s FROM pg_statistic s JOIN pg_attribute a
          ON a.attrelid = s.starelid AND a.attnum = s.staattnum
        WHERE s.starelid = 'amdahl_scratch.t'::regclass AND a.attname = '${column}'
          AND s.stainherit)`,
  );
  return `ARRAY[${rows.join(', ')}]::pg_statistic[]`;
}
