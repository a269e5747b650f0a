/**
 * What the database advisor promises, held against databases that hold the data: plans and costs of
 * the lab, indexes predicted and then built, and advice beside HypoPG's. Writes results/results.md
 * and one JSON file a part. See README.md.
 */
import { parseArgs } from 'node:util';
import { advice } from './advice/part.ts';
import { fidelity } from './fidelity/part.ts';
import type { BenchmarkPart } from './part.ts';
import { provenance, savedResult, saveReport, saveResult } from './results-files.ts';
import { hasVersion } from './source-database.ts';
import { surroundings } from './surroundings.ts';
import { whatIf } from './what-if/part.ts';

const parts: Readonly<Record<string, BenchmarkPart>> = {
  fidelity,
  'what-if': whatIf,
  ...advice,
};

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(parts).join(',') },
    report: { type: 'boolean', default: false },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    budgets: { type: 'string', default: '0.1,0.25,0.5,1' },
  },
});
const configuration = { scale: Number(options.scale), rounds: Number(options.rounds) };
const budgets = options.budgets.split(',').map(Number);
const wanted = options.only.split(',');
const strange = wanted.filter((name) => !Object.keys(parts).some((part) => part.startsWith(name)));
const chosen = Object.keys(parts).filter((part) => wanted.some((name) => part.startsWith(name)));
if (strange.length > 0) {
  throw new Error(`Expected --only ${Object.keys(parts).join(',')}; found ${strange.join(',')}.`);
}
if (!hasVersion(15)) {
  throw new Error(
    'Expected PostgreSQL 15 with HypoPG; found none. Run: apt-get install -y postgresql-15 postgresql-15-hypopg',
  );
}

for (const name of options.report ? [] : chosen) {
  const before = surroundings();
  const figures = await parts[name]?.measure({
    ...configuration,
    budgets,
    report: (status) => process.stderr.write(`${name}: ${status}\n`),
  });
  saveResult(name, { surroundings: before, configuration, figures });
}
const sections = Object.entries(parts).flatMap(([name, part]) => {
  const result = savedResult(name);
  return result === null ? [] : [`${part.report(result.figures)}\n${provenance(result)}`];
});
process.stdout.write(saveReport(sections));
