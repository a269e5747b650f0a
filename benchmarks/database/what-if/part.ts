import type { BenchmarkPart } from '../part.ts';
import { measureWhatIfs, type WhatIfFigures } from './measure.ts';
import { whatIfReport } from './report.ts';

export const whatIf: BenchmarkPart = {
  measure: async (options) => [
    await measureWhatIfs(18, options),
    await measureWhatIfs(15, options),
  ],
  report: (figures) => whatIfReport(figures as readonly WhatIfFigures[]),
};
