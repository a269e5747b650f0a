/** How to ask once for a whole list in code: the mapper's own call, a map, or a loader. */
import type { CodeFrame } from '@amdahl/agent/protocol';
import type { BatchedStatement } from '../../sql/batch.ts';
import { findAll } from '../../sql/ast.ts';
import { parseStatement } from '../../sql/parser.ts';
import type { DiffDetail } from '../detail.ts';

/** A library that maps rows to objects, by what its packages are named. */
interface Mapper {
  readonly name: string;
  readonly packages: RegExp;
  /** The call that loads the rows of `relation` together with those they belong to. */
  readonly eager: (relation: string, column: string) => string;
}

const mappers: readonly Mapper[] = [
  {
    name: 'Prisma',
    packages: /^@prisma\//,
    eager: (relation) => `findMany({ include: { ${relation}: true } })`,
  },
  {
    name: 'TypeORM',
    packages: /^typeorm$/,
    eager: (relation) => `find({ relations: { ${relation}: true } })`,
  },
  {
    name: 'Sequelize',
    packages: /^(sequelize|@sequelize\/)/,
    eager: (relation) => `findAll({ include: [{ association: '${relation}' }] })`,
  },
  {
    name: 'Drizzle',
    packages: /^drizzle-orm$/,
    eager: (relation) => `findMany({ with: { ${relation}: true } })`,
  },
  {
    name: 'MikroORM',
    packages: /^@mikro-orm\//,
    eager: (relation) => `find(Entity, {}, { populate: ['${relation}'] })`,
  },
  {
    name: 'Objection',
    packages: /^objection$/,
    eager: (relation) => `query().withGraphFetched('${relation}')`,
  },
  {
    name: 'Knex',
    packages: /^knex$/,
    eager: (relation, column) => `knex('${relation}').whereIn('${column}', values)`,
  },
  {
    name: 'Kysely',
    packages: /^kysely$/,
    eager: (relation, column) =>
      `db.selectFrom('${relation}').where('${column}', 'in', values).selectAll().execute()`,
  },
];

/** A sentence with the mapper's call; null when no mapper is on the stack. */
export function eagerLoading(where: CodeFrame | null, text: string, column: string): string | null {
  const via = where?.via;
  const mapper = via === undefined ? undefined : mappers.find(({ packages }) => packages.test(via));
  if (mapper === undefined) return null;
  return `With ${mapper.name}, load the rows with the list: ${mapper.eager(mainTable(text), column)}.`;
}

/** The first table a statement reads. */
function mainTable(text: string): string {
  const { node } = parseStatement(text);
  return (
    (node === null
      ? undefined
      : findAll([node], 'RangeVar', { intoSubqueries: true })[0]?.relname) ?? 'rows'
  );
}

/**
 * The code around the batched statement: a map where the loop stands in the function that has the
 * list; a loader, which collects what is asked for in one turn of the event loop, where a function
 * called for each row asks.
 *
 * @param listAt where the list is read; null when that is unknown
 */
export function batchingCode(
  where: CodeFrame | null,
  listAt: CodeFrame | null,
  batch: BatchedStatement | null,
): DiffDetail {
  const column = batch?.columns[0] ?? 'id';
  const isHelper = where !== null && listAt !== null && where.functionName !== listAt.functionName;
  const key = /^[a-z_$][\w$]*$/i.test(column) ? `row.${column}` : `row[${JSON.stringify(column)}]`;
  return isHelper ? loader(where, key) : map(key);
}

function map(key: string): DiffDetail {
  return {
    kind: 'diff',
    title: 'In the code: ask once, then take each from a map',
    language: 'typescript',
    before: [
      'for (const item of list) {',
      '  const { rows } = await database.query(text, [item.id]);',
      '}',
    ].join('\n'),
    after: [
      'const values = list.map((item) => item.id);',
      'const { rows } = await database.query(batchedText, [values]);',
      `const rowsOf = Map.groupBy(rows, (row) => ${key});`,
      'for (const item of list) {',
      '  const own = rowsOf.get(item.id) ?? [];',
      '}',
    ].join('\n'),
  };
}

function loader({ functionName }: CodeFrame, key: string): DiffDetail {
  const name = functionName.split('.').at(-1) ?? 'load';
  return {
    kind: 'diff',
    title: `In the code: a loader behind ${name}, one for each request`,
    language: 'typescript',
    before: 'const { rows } = await database.query(text, [value]);',
    after: [
      'function createLoader() {',
      '  let asked: Promise<Map<unknown, Row[]>> | null = null;',
      '  let values: unknown[] = [];',
      '  return async (value: unknown): Promise<Row[]> => {',
      '    values.push(value);',
      '    // What is asked for in one turn goes into one statement: ask for all before awaiting any.',
      '    asked ??= new Promise((resolve) => setImmediate(resolve)).then(async () => {',
      '      const batch = values;',
      '      [asked, values] = [null, []];',
      '      const { rows } = await database.query(batchedText, [batch]);',
      `      return Map.groupBy(rows, (row) => ${key});`,
      '    });',
      '    return (await asked).get(value) ?? [];',
      '  };',
      '}',
      `await Promise.all(list.map((item) => load(item.id)));`,
    ].join('\n'),
  };
}
