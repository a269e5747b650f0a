import { median } from '@amdahl/metrics';
import { megabytes, percent, rankCorrelation, relativeError, table, whole } from '../figures.ts';
import type { Prediction, WhatIfFigures, WhatIfResult } from './measure.ts';

interface Judged {
  readonly result: WhatIfResult;
  readonly prediction: Prediction;
}

export function whatIfReport(figures: readonly WhatIfFigures[]): string {
  const rows = figures.flatMap(({ version, results }) => {
    const ours = results.map((result) => ({ result, prediction: result.lab }));
    const theirs = results.flatMap((result) =>
      result.hypopg === null || typeof result.hypopg === 'string'
        ? []
        : [{ result, prediction: result.hypopg }],
    );
    const lab = summary(`lab, from ${version}`, ours, results.length);
    if (results.every(({ hypopg }) => hypopg === null)) return [lab];
    return [lab, summary(`HypoPG in ${version}`, theirs, results.length)];
  });
  const head = [
    '',
    'tried',
    'plan as built',
    'exact cost',
    'median cost error',
    'greatest',
    'median size error',
    'greatest',
    'cost saved ~ ms saved',
    'times cheaper ~ times faster',
    'seconds a what-if',
  ];
  return `## What-if

${figures[0]?.results.length ?? 0} indexes predicted, then really built (and the table analysed where the index has expressions). *Plan as built*: of all. Cost and size errors: of those tried. _Cost saved ~ ms saved_ and the column after it: Spearman's rank correlation of the prediction with milliseconds measured.

${table(head, rows)}

${figures.map(detailsOf).join('\n\n')}
`;
}

function summary(name: string, judged: readonly Judged[], all: number): readonly string[] {
  const costErrors = judged.map(({ result, prediction }) =>
    relativeError(prediction.cost, result.built.cost),
  );
  const sizeErrors = judged.map(({ result, prediction }) =>
    relativeError(prediction.sizeBytes, result.built.sizeBytes),
  );
  const same = judged.filter(({ result, prediction }) => prediction.shape === result.built.shape);
  const exact = costErrors.filter((error) => error < 0.0005);
  return [
    name,
    `${judged.length} of ${all}`,
    `${same.length} of ${all}`,
    `${exact.length}`,
    percent(median(costErrors)),
    percent(Math.max(...costErrors)),
    percent(median(sizeErrors)),
    percent(Math.max(...sizeErrors)),
    rankCorrelation(
      judged.map(({ prediction }) => prediction.costBefore - prediction.cost),
      judged.map(({ result: { built } }) => built.msBefore - built.msAfter),
    ).toFixed(2),
    rankCorrelation(
      judged.map(({ prediction }) => prediction.costBefore / prediction.cost),
      judged.map(({ result: { built } }) => built.msBefore / built.msAfter),
    ).toFixed(2),
    median(judged.map(({ prediction }) => prediction.seconds)).toFixed(2),
  ];
}

function detailsOf({ version, results }: WhatIfFigures): string {
  const withHypopg = results.some(({ hypopg }) => hypopg !== null);
  const rows = results.map(({ kind, built, lab, hypopg }) => [
    kind,
    whole(built.costBefore),
    whole(built.cost),
    told(lab, built.shape, (prediction) => whole(prediction.cost)),
    ...(withHypopg ? [told(hypopg, built.shape, (prediction) => whole(prediction.cost))] : []),
    megabytes(built.sizeBytes),
    megabytes(lab.sizeBytes),
    ...(withHypopg
      ? [typeof hypopg === 'string' ? '–' : megabytes(hypopg?.sizeBytes ?? Number.NaN)]
      : []),
    `${built.msBefore.toFixed(1)} → ${built.msAfter.toFixed(1)}`,
  ]);
  const head = [
    `PostgreSQL ${version}`,
    'cost before',
    'built',
    'lab',
    ...(withHypopg ? ['HypoPG'] : []),
    'size',
    'lab',
    ...(withHypopg ? ['HypoPG'] : []),
    'ms',
  ];
  return table(head, rows);
}

/** A prediction of another plan than the one that came is marked. */
function told(
  prediction: Prediction | string | null,
  shape: string,
  format: (prediction: Prediction) => string,
): string {
  if (prediction === null || typeof prediction === 'string') return 'refused';
  return `${format(prediction)}${prediction.shape === shape ? '' : ' (other plan)'}`;
}
