import type { CodeFrame, StatementAggregate } from '../protocol.ts';
import { DistinctCounter } from '../statements/distinct-counter.ts';
import type { StatementExecution } from '../statements/execution.ts';
import { exampleOf } from '../statements/parameters.ts';
import { comparison } from '../statements/repeated-results.ts';
import { WorkStats } from './work-stats.ts';

const maxExamples = 5;
/** `StatementAggregate.exampleText` is cut at this length. */
const maxExampleText = 10_000;
const maxColumns = 200;
/** Distinct parameter lists told apart within one request. */
const maxDistinctPerRequest = 1_000;

/** One statement shape from one place in the code on one route. */
export class StatementStats extends WorkStats<StatementExecution> {
  readonly #text: string;
  readonly #exampleText: string;
  readonly #examples = new Map<number, readonly unknown[]>();
  readonly #distinct = new DistinctCounter();
  readonly #inRequest = new Set<number>();
  #distinctInRequests = 0;
  #compared = 0;
  #same = 0;
  #rows = 0;
  #bytes = 0;
  #columns: readonly string[] | null = null;

  constructor(first: StatementExecution, callSite: CodeFrame | null) {
    super(callSite);
    this.#text = first.shape.text;
    this.#exampleText = first.text.slice(0, maxExampleText);
  }

  protected beginRequest(): void {
    this.#inRequest.clear();
  }

  protected joinRequest(execution: StatementExecution): void {
    const hash = execution.parametersHash;
    if (this.#inRequest.size >= maxDistinctPerRequest || this.#inRequest.has(hash)) return;
    this.#inRequest.add(hash);
    this.#distinctInRequests += 1;
  }

  override add(execution: StatementExecution): void {
    super.add(execution);
    this.#rows += execution.rowCount;
    this.#bytes += execution.bytes;
    this.#distinct.add(execution.parametersHash);
    if (execution.compared !== comparison.none) {
      this.#compared += 1;
      if (execution.compared === comparison.same) this.#same += 1;
    }
    if (this.#columns === null && execution.columns !== null) {
      this.#columns = execution.columns.slice(0, maxColumns).map((column) => column.name);
    }
    this.#keepExample(execution);
  }

  #keepExample({ parameters, parametersHash }: StatementExecution): void {
    if (parameters.length === 0 || this.#examples.size >= maxExamples) return;
    if (!this.#examples.has(parametersHash)) {
      this.#examples.set(parametersHash, exampleOf(parameters));
    }
  }

  toAggregate(route: string): StatementAggregate {
    return {
      system: 'postgresql',
      text: this.#text,
      exampleText: this.#exampleText,
      exampleParameters: [...this.#examples.values()],
      route,
      callSite: this.callSite,
      count: this.count,
      requests: this.requests,
      maxPerRequest: this.maxPerRequest,
      distinctParameters: Math.min(this.#distinct.count, this.count),
      distinctParametersPerRequest:
        this.requests === 0 ? 0 : this.#distinctInRequests / this.requests,
      repeatedResultShare: this.#compared === 0 ? null : this.#same / this.#compared,
      duration: this.durations.toBase64(),
      durationSumUs: Math.round(this.durations.sumUs),
      wallSumUs: Math.round(this.wallUs),
      rows: this.#rows,
      bytes: this.#bytes,
      columns: this.#columns ?? [],
      errors: this.errors,
    };
  }
}
