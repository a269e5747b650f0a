import {
  agreeWithTarget,
  buildHollowLab,
  explain,
  labStatements,
  planCache,
  readCatalog,
  schemaOf,
  selectIndexes,
  workloadCandidates,
  type HollowLab,
  type LabStatement,
  type PlanCache,
  type Schema,
} from 'amdahl/lab';
import type { BenchmarkStatement } from '../fidelity/statements.ts';
import type { SourceDatabase } from '../source-database.ts';

/** Indexes an advisor wants, and what it took to find them. */
export interface Advice {
  readonly definitions: readonly string[];
  readonly plans: number;
  readonly seconds: number;
}

export interface OwnAdvice extends Advice {
  /** What the lab thinks the workload will cost. */
  readonly predictedCost: number;
  /** Bytes it thinks the indexes will take. */
  readonly predictedBytes: number;
}

/** Our advisor, its lab built from the catalog as it was before anyone built anything. */
export class LabAdvisor {
  readonly #lab: HollowLab;
  readonly #schema: Schema;
  readonly #statements: readonly LabStatement[];
  #cache: PlanCache;
  #started = performance.now();
  /** Reading the catalog and building the lab with all candidates. */
  readonly preparationSeconds: number;
  readonly candidates: number;
  /** Statements of the workload that our parser or planner would not take. */
  readonly lost: number;

  private constructor(
    lab: HollowLab,
    schema: Schema,
    statements: readonly LabStatement[],
    preparation: { readonly seconds: number; readonly lost: number },
  ) {
    this.#lab = lab;
    this.#schema = schema;
    this.#cache = planCache(lab, schema.catalog.serverVersionNumber);
    this.#statements = statements;
    this.preparationSeconds = preparation.seconds;
    this.lost = preparation.lost;
    this.candidates = lab.candidates.size;
  }

  static async open(
    { reader }: SourceDatabase,
    workload: readonly BenchmarkStatement[],
  ): Promise<LabAdvisor> {
    const started = performance.now();
    const catalog = await readCatalog(reader);
    const schema = schemaOf(catalog);
    const statements: LabStatement[] = [];
    for (const { text, parameters } of workload) {
      const plan = await explain(reader.query, text, parameters);
      const captured = { text, explainedText: text, parameters, plan, error: null };
      statements.push(...labStatements(captured, schema));
    }
    const candidates = workloadCandidates(statements, schema);
    const lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates });
    await agreeWithTarget(lab, statements, catalog.serverVersionNumber);
    return new LabAdvisor(lab, schema, statements, {
      seconds: (performance.now() - started) / 1000,
      lost: workload.length - statements.length,
    });
  }

  /** Forgets every plan, so that the next advice starts from nothing. */
  startCounting(): void {
    this.#cache = planCache(this.#lab, this.#schema.catalog.serverVersionNumber);
    this.#started = performance.now();
  }

  /** Plans and seconds are those since `startCounting`, the preparation included. */
  async advise(budgetBytes: number): Promise<OwnAdvice> {
    const { indexes, plans, costAfter, sizeBytes } = await selectIndexes(
      this.#lab,
      this.#statements,
      {
        schema: this.#schema,
        cache: this.#cache,
        maxSizeBytes: budgetBytes,
      },
    );
    return {
      definitions: indexes.map(({ definition }) => definition),
      predictedCost: costAfter,
      predictedBytes: sizeBytes,
      plans,
      seconds: (performance.now() - this.#started) / 1000 + this.preparationSeconds,
    };
  }

  close(): Promise<void> {
    return this.#lab.close();
  }
}
