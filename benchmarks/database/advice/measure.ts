import { costOf, explain, type QueryFunction } from 'amdahl/lab';
import type { BenchmarkStatement } from '../fidelity/statements.ts';
import type { PartOptions } from '../part.ts';
import {
  executionMs,
  generateDatabase,
  type GeneratedSchema,
  type SourceDatabase,
} from '../source-database.ts';
import { BuiltIndexes } from './built-indexes.ts';
import { dexter } from './dexter.ts';
import { extend } from './extend.ts';
import { HypopgOracle } from './hypopg.ts';
import { LabAdvisor, type Advice, type OwnAdvice } from './ours.ts';
import { definitionOf } from './rival-index.ts';

export interface Workload {
  readonly schema: GeneratedSchema;
  readonly statements: readonly BenchmarkStatement[];
}

export interface JudgedAdvice extends Advice {
  readonly advisor: 'amdahl' | 'Extend' | 'Dexter';
  /** What was allowed: a share of the tables, or as much as the rival's indexes really take. */
  readonly budget: string;
  /** Bytes of the indexes, built. */
  readonly sizeBytes: number;
  /** The optimizer's cost of the workload beside the built indexes. */
  readonly cost: number;
  readonly costs: readonly number[];
  /** Milliseconds of all SELECTs, one figure a round. */
  readonly ms: readonly number[];
}

export interface AdviceFigures {
  readonly schema: string;
  readonly version: string;
  readonly tableBytes: number;
  readonly statements: number;
  readonly candidates: number;
  readonly lost: number;
  readonly before: JudgedAdvice;
  /** In pairs: a rival's advice, and ours in the space the rival's takes. */
  readonly pairs: readonly (readonly [rival: JudgedAdvice, ours: JudgedAdvice])[];
}

type Unjudged = Omit<JudgedAdvice, 'cost' | 'costs' | 'ms'>;

export async function measureAdvice(
  { schema, statements }: Workload,
  { rounds, budgets, report }: PartOptions,
): Promise<AdviceFigures> {
  const source = await generateDatabase(15, schema, report);
  try {
    const { rows } = await source.client.query<{ bytes: string }>(
      `SELECT sum(pg_relation_size(oid)) AS bytes FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    const tableBytes = Number(rows[0]?.bytes);
    const allowed = budgets.map((share) => ({ share, bytes: share * tableBytes }));
    const ours = await LabAdvisor.open(source, statements);
    try {
      const built = new BuiltIndexes(source);
      const pairs: (readonly [Unjudged, Unjudged])[] = [];
      const seen = new Set<string>();
      for (const rival of await rivalAdvice(source, statements, allowed, report)) {
        // Too small a budget for any index of HypoPG's sizes, or no use for a larger one.
        const advised = rival.definitions.join();
        if (advised === '' || seen.has(advised)) continue;
        seen.add(advised);
        const sizeBytes = await built.build(rival.definitions);
        const { advice, size } = await fitting(ours, built, sizeBytes);
        report(
          `${rival.advisor} ${rival.budget}: ${sizeBytes} bytes; ours ${size}, ${advice.plans} plans, ${advice.seconds.toFixed(1)} s`,
        );
        const budget = `as ${rival.advisor}, ${rival.budget}`;
        pairs.push([
          { ...rival, sizeBytes },
          { ...advice, advisor: 'amdahl', budget, sizeBytes: size },
        ]);
      }
      const nothing: Unjudged = {
        advisor: 'amdahl',
        budget: 'none',
        definitions: [],
        plans: 0,
        seconds: 0,
        sizeBytes: 0,
      };
      // Expressions have statistics only now; everything is judged by one sample.
      await source.client.query('ANALYZE');
      const judged = await judge(source, statements, built, [nothing, ...pairs.flat()], {
        rounds: Math.ceil(rounds / 2),
        report,
      });
      const [before, ...advised] = judged;
      if (before === undefined) throw new Error('nothing was judged');
      return {
        schema: schema.name,
        version: source.version,
        tableBytes,
        statements: statements.length,
        candidates: ours.candidates,
        lost: ours.lost,
        before,
        pairs: pairs.map((_, at) => {
          const [rival, own] = advised.slice(2 * at, 2 * at + 2);
          if (rival === undefined || own === undefined) throw new Error('a pair is incomplete');
          return [rival, own] as const;
        }),
      };
    } finally {
      await ours.close();
    }
  } finally {
    await source.close();
  }
}

interface Fitting {
  readonly advice: OwnAdvice;
  readonly size: number;
}

/** Budgets asked for once the error of our sizes is known, in shares of the one that should fit. */
const corrections = [1, 0.985, 1.015, 1.03, 1.05, 1.08];
/** When nothing fits at all, the budget shrinks by so much until something does. */
const shrinking = 0.95;

/**
 * The advice that fits into the rival's space. Our sizes are estimates too, by some percent: the first
 * advice is built, the budget corrected by what that shows, and of all advice that fits, the one is
 * taken of which the lab promises most.
 */
async function fitting(ours: LabAdvisor, built: BuiltIndexes, sizeBytes: number): Promise<Fitting> {
  const found: Fitting[] = [];
  const attempt = async (budget: number): Promise<Fitting> => {
    const advice = await ours.advise(budget);
    const tried = { advice, size: await built.build(advice.definitions) };
    if (tried.size <= sizeBytes) found.push(tried);
    return tried;
  };
  ours.startCounting();
  let last = await attempt(sizeBytes);
  const { predictedBytes } = last.advice;
  let budget = last.size > 0 ? (sizeBytes * predictedBytes) / last.size : sizeBytes;
  for (const share of corrections) last = await attempt(budget * share);
  while (found.length === 0) {
    budget *= shrinking;
    last = await attempt(budget);
  }
  const best = found.reduce((a, b) => (b.advice.predictedCost < a.advice.predictedCost ? b : a));
  // What it took counts every attempt.
  const { plans, seconds } = last.advice;
  return { ...best, advice: { ...best.advice, plans, seconds } };
}

type RivalAdvice = Advice & Pick<JudgedAdvice, 'advisor' | 'budget'>;

async function rivalAdvice(
  source: SourceDatabase,
  statements: readonly BenchmarkStatement[],
  budgets: readonly { readonly share: number; readonly bytes: number }[],
  report: (status: string) => void,
): Promise<readonly RivalAdvice[]> {
  const oracle = await HypopgOracle.open(source);
  const advice: RivalAdvice[] = [];
  for (const { share, bytes } of budgets) {
    oracle.startCounting();
    const indexes = await extend(oracle, statements, bytes);
    const { plans, seconds } = oracle.counted;
    report(`Extend, ${share}: ${indexes.length} indexes, ${plans} plans, ${seconds.toFixed(1)} s`);
    const definitions = indexes.map(definitionOf);
    advice.push({ advisor: 'Extend', budget: `${share * 100} %`, definitions, plans, seconds });
  }
  oracle.startCounting();
  const definitions = (await dexter(oracle, statements)).map(definitionOf);
  return [...advice, { advisor: 'Dexter', budget: 'no limit', definitions, ...oracle.counted }];
}

/** Costs once, since they are exact; milliseconds in rounds, the order turned around every round. */
async function judge(
  { client }: SourceDatabase,
  statements: readonly BenchmarkStatement[],
  built: BuiltIndexes,
  advice: readonly Unjudged[],
  { rounds, report }: Pick<PartOptions, 'rounds' | 'report'>,
): Promise<readonly JudgedAdvice[]> {
  const query: QueryFunction = async (text, values = []) =>
    (await client.query<Record<string, unknown>>(text, [...values])).rows;
  const judged: (JudgedAdvice & { readonly ms: number[] })[] = [];
  for (const each of advice) {
    await built.show(each.definitions);
    const costs: number[] = [];
    for (const { text, parameters } of statements) {
      costs.push(costOf(await explain(query, text, parameters)));
    }
    const cost = costs.reduce((sum, each) => sum + each, 0);
    report(`${each.advisor}, ${each.budget}: cost ${Math.round(cost)}`);
    judged.push({ ...each, costs, cost, ms: [] });
  }
  const reads = statements.filter(({ text }) => /^(SELECT|WITH)/.test(text));
  for (let round = 0; round < rounds; round += 1) {
    report(`timing the workload, round ${round + 1} of ${rounds}`);
    for (const each of round % 2 === 0 ? judged : judged.toReversed()) {
      await built.show(each.definitions);
      let ms = 0;
      for (const { text, parameters } of reads) ms += await executionMs(client, text, parameters);
      each.ms.push(ms);
    }
  }
  return judged;
}
