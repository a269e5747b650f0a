import { median } from '@amdahl/metrics';
import { megabytes, spread, table, whole } from '../figures.ts';
import type { AdviceFigures, JudgedAdvice } from './measure.ts';

const method = `Indexes advised for the workload, ours beside Extend (with HypoPG as its oracle and a budget in HypoPG's sizes) and Dexter's rules. Ours may take what the rival's indexes take when they are built. *Cost*: the optimizer's for the whole workload, all indexes really built, every advice judged by the same statistics. *ms*: all SELECTs, warm, median of the rounds with the least and the greatest. *Of the rival's*: taken within each round.`;

export function adviceReport({ schema, before, pairs, ...rest }: AdviceFigures): string {
  const none = [
    'no advice',
    '0',
    '',
    '',
    whole(before.cost),
    '',
    spread(before.ms, whole),
    '',
    '',
    '',
  ];
  const rows = pairs.flatMap(([rival, ours]) => [
    row(`${rival.advisor}, ${rival.budget}`, rival),
    row('ours, same size', ours, rival),
  ]);
  const head = [
    '',
    'indexes',
    'of the tables',
    'built',
    'cost',
    "of the rival's",
    'ms',
    "of the rival's",
    'planner calls',
    'seconds',
  ];
  const lost = rest.lost === 0 ? '' : ` ${rest.lost} statements ours could not read.`;
  return `## Advice: ${schema}

${method}

${rest.statements} statements, ${megabytes(rest.tableBytes)} of tables, PostgreSQL ${rest.version}; ${rest.candidates} candidates of ours.${lost}

${table(head, [none, ...rows])}
`;

  function row(name: string, each: JudgedAdvice, rival?: JudgedAdvice): readonly string[] {
    const ratios = each.ms.map((ms, round) => ms / (rival?.ms[round] ?? Number.NaN));
    return [
      name,
      String(each.definitions.length),
      `${((each.sizeBytes / rest.tableBytes) * 100).toFixed(1)} %`,
      megabytes(each.sizeBytes),
      whole(each.cost),
      rival === undefined ? '' : (each.cost / rival.cost).toFixed(3),
      whole(median(each.ms)),
      rival === undefined ? '' : spread(ratios, (ratio) => ratio.toFixed(2)),
      whole(each.plans),
      each.seconds.toFixed(1),
    ];
  }
}
