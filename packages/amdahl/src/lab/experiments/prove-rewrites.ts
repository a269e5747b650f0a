import type { CatalogTable } from '../../artifacts/catalog.ts';
import type { RewriteProof } from '../../artifacts/experiments.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { refusalToExecute } from '../../sql/execution-guard.ts';
import type { LabIndex } from '../../sql/index-definition.ts';
import type { RewrittenStatement } from '../../sql/lint/rewritten-statement.ts';
import { quoteIdentifier, quoteTable, schemaOf, type Schema } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { comparePages } from './compare-pages.ts';
import { comparedStatements, compareRows, type ComparedStatements } from './compare-rows.ts';
import type { LabStatement } from './lab-statement.ts';
import { parameterLists } from './parameter-lists.ts';
import { keepsSameRows } from './same-rows.ts';
import { openSampleDatabase, type SampleDatabase } from './sample-database.ts';
import { sampleWishes } from './sample-wishes.ts';
import type { RewriteEvidence } from './try-rewrites.ts';

/** A rewrite that the lab found to pay. */
export interface ConfirmedRewrite {
  readonly statement: LabStatement;
  readonly rewrite: RewrittenStatement;
  readonly before: PlanNode;
  readonly plan: PlanNode;
  readonly index: LabIndex | null;
}

export interface ProvenRewrite extends ConfirmedRewrite {
  readonly sameRows: boolean | null;
  readonly proof: RewriteProof | null;
}

/**
 * Compares each rewrite with its original row for row: on the target where that was asked for, else
 * on rows made up in the lab. A rewrite that rests on proof and has none is left out.
 */
export async function proveRewrites(
  lab: HollowLab,
  confirmed: readonly ConfirmedRewrite[],
  signal: AbortSignal,
  { catalog, target }: RewriteEvidence,
): Promise<readonly ProvenRewrite[]> {
  const schema = schemaOf(catalog);
  const statements = [...new Set(confirmed.map(({ statement }) => statement))];
  const wishes = sampleWishes(statements, catalog, schema);
  // Without made-up rows the other ways to compare are left.
  const sample = await openSampleDatabase(lab, wishes).catch(() => null);
  const proven: ProvenRewrite[] = [];
  try {
    for (const each of confirmed) {
      signal.throwIfAborted();
      const { statement, rewrite } = each;
      const sameRows =
        rewrite.steps.length === 0
          ? null
          : await keepsSameRows(lab.query, rewrite.steps, statement.parameters);
      if (rewrite.equivalence === 'other-rows') {
        proven.push({ ...each, sameRows, proof: null });
        continue;
      }
      const proof =
        (await proveOnTarget(target, each, schema)) ??
        (sample === null ? null : await proveOnSample(sample, each, schema));
      if (proof !== null) proven.push({ ...each, sameRows, proof });
      else if (rewrite.equivalence === 'by-rule') proven.push({ ...each, sameRows, proof: byRule });
    }
  } finally {
    await sample?.close();
  }
  return proven;
}

const byRule: RewriteProof = { kind: 'equivalent-by-rule', rows: 0, parametersTried: 0 };

/** On the target a statement may take as long as this, in milliseconds. */
const targetTimeoutMs = 5_000;

/** Only statements known to be harmless are run there, in a transaction that cannot write. */
async function proveOnTarget(
  target: RewriteEvidence['target'],
  { statement, rewrite }: ConfirmedRewrite,
  schema: Schema,
): Promise<RewriteProof | null> {
  const isPage = rewrite.keyset !== undefined;
  if (target === null || statement.shape.kind !== 'select' || isPage) return null;
  const compared = comparedStatements(statement.explainedText, rewrite.text, schema);
  if (compared === null) return null;
  try {
    return await target.transaction(async (query) => {
      for (const text of [statement.explainedText, rewrite.text]) {
        if ((await refusalToExecute(query, text)) !== null) return null;
      }
      await query(`SET LOCAL statement_timeout = ${targetTimeoutMs}`);
      return compareAll([statement.parameters], 'target-data', (parameters) =>
        compareRows(query, compared, parameters),
      );
    });
  } catch {
    // A lost connection costs this proof, not the advice: there are still the made-up rows.
    return null;
  }
}

async function proveOnSample(
  sample: SampleDatabase,
  { statement, rewrite }: ConfirmedRewrite,
  schema: Schema,
): Promise<RewriteProof | null> {
  const lists = await parameterLists(statement, sample, schema);
  const { keyset } = rewrite;
  if (keyset !== undefined) {
    return compareAll(lists, 'sampled-data', (parameters) =>
      comparePages(sample.query, keyset, rewrite.text, parameters),
    );
  }
  const compared = comparedStatements(statement.explainedText, rewrite.text, schema);
  if (compared === null) return null;
  return compareAll(lists, 'sampled-data', (parameters) =>
    compareOnSample(sample, compared, rewrite, parameters, schema),
  );
}

async function compareOnSample(
  { query }: SampleDatabase,
  compared: ComparedStatements,
  rewrite: RewrittenStatement,
  parameters: readonly unknown[],
  schema: Schema,
): ReturnType<typeof compareRows> {
  await query('BEGIN');
  try {
    // What the rewrite presupposes, and says so.
    for (const { table: name, column } of rewrite.withoutNulls) {
      const table: CatalogTable | null = schema.tableNamed(name);
      if (table === null) continue;
      await query(`DELETE FROM ${quoteTable(table)} WHERE ${quoteIdentifier(column)} IS NULL`);
    }
    return await compareRows(query, compared, parameters);
  } finally {
    await query('ROLLBACK');
  }
}

/** One list that gives other rows is enough; without a single row nothing is proven. */
async function compareAll(
  lists: readonly (readonly unknown[])[],
  kind: 'sampled-data' | 'target-data',
  compare: (parameters: readonly unknown[]) => ReturnType<typeof compareRows>,
): Promise<RewriteProof | null> {
  let [rows, parametersTried] = [0, 0];
  for (const parameters of lists) {
    const comparison = await compare(parameters);
    if (comparison.outcome === 'not-tried') continue;
    rows += comparison.rows;
    parametersTried += 1;
    if (comparison.outcome === 'differs') return { kind: 'differs', rows, parametersTried };
  }
  return rows === 0 ? null : { kind, rows, parametersTried };
}
