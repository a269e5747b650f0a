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

const partOf = (workload: (scale: number) => Workload): BenchmarkPart => ({
  measure: (options) => measureAdvice(workload(options.scale), options),
  report: (figures) => adviceReport(figures as AdviceFigures),
});

const withoutParameters = (texts: readonly string[]): readonly BenchmarkStatement[] =>
  texts.map((text) => ({ text, parameters: [] }));

/** The shop's own indexes stay; the other two schemas have primary keys only. */
export const advice: Readonly<Record<string, BenchmarkPart>> = {
  'advice-shop': partOf((scale) => ({
    schema: shop(scale),
    statements: [...shopStatements, ...whatIfs],
  })),
  'advice-trade': partOf((scale) => ({
    schema: trade(scale),
    statements: withoutParameters(tradeQueries),
  })),
  'advice-movies': partOf((scale) => ({
    schema: movies(scale),
    statements: withoutParameters(movieQueries),
  })),
};
