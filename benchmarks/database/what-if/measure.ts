import { median } from '@amdahl/metrics';
import {
  buildHollowLab,
  costOf,
  defineIndex,
  explain,
  planShape,
  readCatalog,
  schemaOf,
  type CatalogArtifact,
  type LabIndex,
} from 'amdahl/lab';
import type { PartOptions } from '../part.ts';
import { shop } from '../shop.ts';
import {
  executionMs,
  generateDatabase,
  setVisible,
  sizeOf,
  type SourceDatabase,
  type SourceVersion,
} from '../source-database.ts';
import { whatIfs, type WhatIf } from './candidates.ts';

/** What a tool says an index would do. */
export interface Prediction {
  readonly costBefore: number;
  readonly cost: number;
  readonly shape: string;
  readonly sizeBytes: number;
  /** Time to answer, the lab's share of building included. */
  readonly seconds: number;
}

/** What it did, once it was there. */
export interface Built {
  readonly costBefore: number;
  readonly cost: number;
  readonly shape: string;
  readonly sizeBytes: number;
  readonly buildSeconds: number;
  /** Medians of alternating, warm executions. */
  readonly msBefore: number;
  readonly msAfter: number;
}

export interface WhatIfResult {
  readonly kind: string;
  readonly definition: string;
  readonly text: string;
  readonly built: Built;
  readonly lab: Prediction;
  /** Null without HypoPG; a text when it would not try the index. */
  readonly hypopg: Prediction | string | null;
}

export interface WhatIfFigures {
  readonly version: string;
  readonly results: readonly WhatIfResult[];
}

interface Case {
  readonly whatIf: WhatIf;
  readonly index: LabIndex;
}

export async function measureWhatIfs(
  version: SourceVersion,
  { scale, rounds, report }: PartOptions,
): Promise<WhatIfFigures> {
  const source = await generateDatabase(version, shop(scale), report);
  try {
    const catalog = await readCatalog(source.reader);
    const cases = await casesOf(source, catalog);
    const predicted = await predictInLab(catalog, cases);
    report('predicted in the lab');
    const rival = version === 15 ? await predictWithHypopg(source, cases) : null;
    const results: WhatIfResult[] = [];
    for (const [at, { whatIf, index }] of cases.entries()) {
      report(`building ${index.name}`);
      const built = await build(source, { whatIf, index }, rounds);
      const lab = predicted[at];
      if (lab === undefined) throw new Error(`no prediction for ${index.name}`);
      results.push({
        kind: whatIf.kind,
        definition: index.definition,
        text: whatIf.text.replaceAll(/\s+/g, ' '),
        built,
        lab,
        hypopg: rival?.[at] ?? null,
      });
    }
    return { version: source.version, results };
  } finally {
    await source.close();
  }
}

async function casesOf(source: SourceDatabase, catalog: CatalogArtifact): Promise<readonly Case[]> {
  const schema = schemaOf(catalog);
  const taken = new Set(catalog.indexes.map(({ name }) => name));
  const cases: Case[] = [];
  for (const whatIf of whatIfs) {
    const { keys, predicate } = whatIf;
    const table = schema.tableNamed(whatIf.table);
    if (table === null) throw new Error(`no table ${whatIf.table}`);
    const index = defineIndex(
      {
        table,
        method: whatIf.method ?? 'btree',
        keys,
        include: whatIf.include ?? [],
        reason: whatIf.kind,
        ...(predicate === undefined
          ? {}
          : { predicate, selectivity: await shareOf(source, table.name, predicate, table.rows) }),
      },
      taken,
    );
    cases.push({ whatIf, index });
  }
  return cases;
}

/** The planner's own estimate of a condition. */
async function shareOf(
  source: SourceDatabase,
  table: string,
  predicate: string,
  rows: number,
): Promise<number> {
  const plan = await explain(source.reader.query, `SELECT FROM ${table} WHERE ${predicate}`, []);
  return plan['Plan Rows'] / rows;
}

async function predictInLab(
  catalog: CatalogArtifact,
  cases: readonly Case[],
): Promise<readonly Prediction[]> {
  const building = performance.now();
  const candidates = cases.map(({ index }) => index);
  const lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates });
  const share = (performance.now() - building) / cases.length;
  try {
    const predictions: Prediction[] = [];
    for (const { whatIf, index } of cases) {
      const started = performance.now();
      const before = await lab.explain(whatIf.text, whatIf.parameters);
      const plan = await lab.explainWith([index], whatIf.text, whatIf.parameters);
      predictions.push({
        costBefore: costOf(before),
        cost: costOf(plan),
        shape: planShape(plan),
        sizeBytes: lab.candidates.get(index)?.sizeBytes ?? Number.NaN,
        seconds: (performance.now() - started + share) / 1000,
      });
    }
    return predictions;
  } finally {
    await lab.close();
  }
}

async function predictWithHypopg(
  { client }: SourceDatabase,
  cases: readonly Case[],
): Promise<readonly (Prediction | string)[]> {
  await client.query('CREATE EXTENSION IF NOT EXISTS hypopg');
  const query = async (text: string, values: readonly unknown[] = []) =>
    (await client.query<Record<string, unknown>>(text, [...values])).rows;
  const predictions: (Prediction | string)[] = [];
  for (const { whatIf, index } of cases) {
    const started = performance.now();
    const before = await explain(query, whatIf.text, whatIf.parameters);
    try {
      const [row] = await query(
        'SELECT indexname AS name, hypopg_relation_size(indexrelid) AS size FROM hypopg_create_index($1)',
        [index.definition],
      );
      const plan = await explain(query, whatIf.text, whatIf.parameters);
      predictions.push({
        costBefore: costOf(before),
        cost: costOf(plan),
        shape: planShape(plan).replaceAll(String(row?.['name']), index.name),
        sizeBytes: Number(row?.['size']),
        seconds: (performance.now() - started) / 1000,
      });
    } catch (error) {
      predictions.push((error as Error).message);
    }
    await query('SELECT hypopg_reset()');
  }
  return predictions;
}

async function build(
  { client, reader }: SourceDatabase,
  { whatIf: { text, parameters }, index }: Case,
  rounds: number,
): Promise<Built> {
  const started = performance.now();
  await client.query(index.definition);
  const buildSeconds = (performance.now() - started) / 1000;
  if (index.keys.some(({ expression }) => expression !== undefined)) {
    await client.query(`ANALYZE ${index.table.name}`);
  }
  const [before, after]: [number[], number[]] = [[], []];
  // The first round warms the cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const visible of round % 2 === 0 ? [false, true] : [true, false]) {
      await setVisible(client, [index.name], visible);
      const ms = await executionMs(client, text, parameters);
      if (round > 0) (visible ? after : before).push(ms);
    }
  }
  await setVisible(client, [index.name], false);
  const plain = await explain(reader.query, text, parameters);
  await setVisible(client, [index.name], true);
  const plan = await explain(reader.query, text, parameters);
  const sizeBytes = await sizeOf(client, index.name);
  await client.query(`DROP INDEX ${index.name}`);
  return {
    costBefore: costOf(plain),
    cost: costOf(plan),
    shape: planShape(plan),
    sizeBytes,
    buildSeconds,
    msBefore: median(before),
    msAfter: median(after),
  };
}
