import { median } from '@amdahl/metrics';
import { megabytes, percent, spread, table, whole } from '../figures.ts';
import type { ComparedStatement, Fidelity } from './measure.ts';

/** Costs are printed to the cent: equal there is equal. */
const isExact = ({ costError, realCost }: ComparedStatement): boolean =>
  costError * realCost < 0.005;

export function fidelityReport(results: readonly Fidelity[]): string {
  const rows = results.map(({ version, statements, buildSeconds, lab, ...rest }) => {
    const errors = statements.map(({ costError }) => (Number.isNaN(costError) ? 1 : costError));
    const count = (holds: (statement: ComparedStatement) => boolean): string =>
      `${statements.filter(holds).length} of ${statements.length}`;
    return [
      `PostgreSQL ${version}`,
      count(({ sameShape }) => sameShape),
      count(isExact),
      percent(median(errors)),
      percent(Math.max(...errors)),
      `${rest.catalogSeconds.toFixed(2)} s`,
      spread(buildSeconds, (seconds) => `${seconds.toFixed(2)} s`),
      megabytes(rest.sourceBytes),
      `${megabytes(lab.real)} (${megabytes(lab.apparent)} apparent)`,
    ];
  });
  const head = [
    'source',
    'same plan shape',
    'exact cost',
    'median cost error',
    'greatest',
    'catalog read',
    'lab built',
    'source on disk',
    'lab on disk',
  ];
  return `## Lab fidelity

The plans of ${results[0]?.statements.length ?? 0} statements in the database that holds the rows, beside those of the lab, PostgreSQL 18 without a row.

${table(head, rows)}

${results.map(missesOf).join('\n')}`;
}

function missesOf({ version, statements, warnings }: Fidelity): string {
  const misses = statements.filter((statement) => !isExact(statement) || !statement.sameShape);
  const lines = misses.map(({ text, realCost, labCost, miss }) => {
    const shapes =
      miss === undefined ? '' : `; really \`${miss.real}\`, in the lab \`${miss.lab}\``;
    const lab = Number.isNaN(labCost) ? 'not planned' : whole(labCost);
    return `- \`${text}\`: cost ${whole(realCost)}, in the lab ${lab}${shapes}`;
  });
  const all = [...lines, ...warnings.map((warning) => `- Warning: ${warning}`)];
  return `PostgreSQL ${version}, what differs:\n\n${all.join('\n') || '- nothing'}\n`;
}
