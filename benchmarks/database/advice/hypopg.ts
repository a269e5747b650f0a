import { costOf, explain, indexesUsed, type QueryFunction } from 'amdahl/lab';
import type { BenchmarkStatement } from '../fidelity/statements.ts';
import type { SourceDatabase } from '../source-database.ts';
import { definitionOf, type RivalIndex } from './rival-index.ts';

/** What a statement costs beside hypothetical indexes, and which of them it uses. */
export interface HypotheticalPlan {
  readonly cost: number;
  readonly used: readonly RivalIndex[];
  readonly seconds: number;
}

/**
 * HypoPG as the oracle of rival advisors. A plan asked for once is not asked for again; only indexes
 * on tables the statement names and with a column it names count (as in hyrise/index_selection_evaluation,
 * `CostEvaluation._relevant_indexes`).
 */
export class HypopgOracle {
  readonly columns: readonly RivalIndex[];
  readonly #query: QueryFunction;
  readonly #plans = new Map<string, HypotheticalPlan>();
  readonly #sizes = new Map<string, number>();
  /** Keys asked for since the last `startCounting`, as if nothing had been known. */
  #asked = new Map<string, number>();

  private constructor(query: QueryFunction, columns: readonly RivalIndex[]) {
    this.#query = query;
    this.columns = columns;
  }

  static async open({ client }: SourceDatabase): Promise<HypopgOracle> {
    await client.query('CREATE EXTENSION IF NOT EXISTS hypopg');
    const query: QueryFunction = async (text, values = []) =>
      (await client.query<Record<string, unknown>>(text, [...values])).rows;
    const rows = await query(
      `SELECT c.relname AS "table", a.attname AS "column" FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname, a.attnum`,
    );
    const columns = rows.map((row) => ({
      table: String(row['table']),
      columns: [String(row['column'])],
    }));
    return new HypopgOracle(query, columns);
  }

  startCounting(): void {
    this.#asked = new Map();
  }

  /** Planner calls and the seconds they took. */
  get counted(): { readonly plans: number; readonly seconds: number } {
    const seconds = [...this.#asked.values()].reduce((sum, each) => sum + each, 0);
    return { plans: this.#asked.size, seconds };
  }

  /** Single columns a statement names, on tables it names. */
  columnsOf({ text }: BenchmarkStatement): readonly RivalIndex[] {
    return this.columns.filter((index) => mentions(text, index));
  }

  async plan(
    statement: BenchmarkStatement,
    indexes: readonly RivalIndex[],
  ): Promise<HypotheticalPlan> {
    const relevant = new Map(
      indexes
        .filter((index) => mentions(statement.text, index))
        .map((index) => [definitionOf(index), index]),
    );
    const key = JSON.stringify([statement.text, [...relevant.keys()].toSorted()]);
    const known = this.#plans.get(key) ?? (await this.#ask(statement, relevant));
    this.#plans.set(key, known);
    this.#asked.set(key, known.seconds);
    return known;
  }

  async #ask(
    { text, parameters }: BenchmarkStatement,
    indexes: ReadonlyMap<string, RivalIndex>,
  ): Promise<HypotheticalPlan> {
    const started = performance.now();
    const byName = new Map<string, RivalIndex>();
    for (const [definition, index] of indexes) {
      const [row] = await this.#query(
        'SELECT indexname AS name, hypopg_relation_size(indexrelid) AS size FROM hypopg_create_index($1)',
        [definition],
      );
      byName.set(String(row?.['name']), index);
      this.#sizes.set(definition, Number(row?.['size']));
    }
    const plan = await explain(this.#query, text, parameters);
    await this.#query('SELECT hypopg_reset()');
    const used = [...indexesUsed(plan)].flatMap((name) => byName.get(name) ?? []);
    return { cost: costOf(plan), used, seconds: (performance.now() - started) / 1000 };
  }

  /** Size in HypoPG's estimate. */
  async sizeOf(index: RivalIndex): Promise<number> {
    const definition = definitionOf(index);
    const known = this.#sizes.get(definition);
    if (known !== undefined) return known;
    const [row] = await this.#query(
      'SELECT hypopg_relation_size(indexrelid) AS size FROM hypopg_create_index($1)',
      [definition],
    );
    await this.#query('SELECT hypopg_reset()');
    this.#sizes.set(definition, Number(row?.['size']));
    return Number(row?.['size']);
  }
}

/** By words, as hyrise's workload reader does it. */
function mentions(text: string, { table, columns }: RivalIndex): boolean {
  const has = (word: string): boolean => new RegExp(`\\b${word}\\b`).test(text);
  return has(table) && columns.some(has);
}
