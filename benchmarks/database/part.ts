/** One of the claims: how its figures are taken, and how they are told. */
export interface BenchmarkPart {
  measure(options: PartOptions): Promise<unknown>;
  /** As Markdown. `figures` is what `measure` answered, perhaps in an earlier run. */
  report(figures: unknown): string;
}

export interface PartOptions {
  /** Size of the generated databases, 1 for the one the figures are published of. */
  readonly scale: number;
  /** How often what is timed is repeated. */
  readonly rounds: number;
  /** Shares of the size of all tables that advised indexes may take. */
  readonly budgets: readonly number[];
  readonly report: (status: string) => void;
}
