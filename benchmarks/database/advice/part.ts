import type { BenchmarkStatement } from '../fidelity/statements.ts';
import { shopStatements } from '../fidelity/statements.ts';
import type { BenchmarkPart } from '../part.ts';
import { shop } from '../shop.ts';
import { whatIfs } from '../what-if/candidates.ts';
import { measureAdvice, type AdviceFigures, type Workload } from './measure.ts';
import { movieQueries } from './movies/queries.ts';
import { movies } from './movies/schema.ts';
import { adviceReport } from './report.ts';
import { tradeQueries } from './trade/queries.ts';
import { trade } from './trade/schema.ts';

const withoutParameters = (texts: readonly string[]): readonly BenchmarkStatement[] =>
  texts.map((text) => ({ text, parameters: [] }));

/** The shop's own indexes stay; the other two schemas have primary keys only. */
function workloads(scale: number): readonly Workload[] {
  return [
    { schema: shop(scale), statements: [...shopStatements, ...whatIfs] },
    { schema: trade(scale), statements: withoutParameters(tradeQueries) },
    { schema: movies(scale), statements: withoutParameters(movieQueries) },
  ];
}

export const advice: BenchmarkPart = {
  measure: async (options) => {
    const figures: AdviceFigures[] = [];
    for (const workload of workloads(options.scale)) {
      figures.push(await measureAdvice(workload, options));
    }
    return figures;
  },
  report: (figures) => adviceReport(figures as readonly AdviceFigures[]),
};
