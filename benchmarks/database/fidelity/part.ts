import type { BenchmarkPart } from '../part.ts';
import { measureFidelity, type Fidelity } from './measure.ts';
import { fidelityReport } from './report.ts';

export const fidelity: BenchmarkPart = {
  measure: async (options) => [
    await measureFidelity(18, options),
    await measureFidelity(15, options),
  ],
  report: (figures) => fidelityReport(figures as readonly Fidelity[]),
};
