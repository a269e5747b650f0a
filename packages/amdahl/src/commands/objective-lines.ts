import type { LoadObjective, LoadResult, ObjectiveOutcome } from '@amdahl/load';
import { formatMs } from '@amdahl/metrics';
import { formatCount } from '../wording.ts';

/** How a load run stands to its objectives, a line each. */
export function objectiveLines({ objectives = [], hopeless }: LoadResult): readonly string[] {
  return [
    ...objectives.map((outcome) => {
      const mark = outcome.met ? '✔' : '✖';
      return `${mark} ${outcome.objective.text}: ${formatFound(outcome)}`;
    }),
    ...(hopeless === undefined
      ? []
      : [`stopped early: "${hopeless}" could not be met any more, whatever came`]),
  ];
}

/** The figure of an objective, in its unit. */
export function formatFound({ objective, found, count }: ObjectiveOutcome): string {
  if (found === null) return count === 0 ? 'nothing to measure it by' : 'no reply to time';
  return formatFigure(objective, found);
}

function formatFigure({ figure }: LoadObjective, value: number): string {
  switch (figure.kind) {
    case 'errors':
    case 'checks':
      return `${Number((value * 100).toPrecision(3))} %`;
    case 'rate':
      return `${formatCount(value)}/s`;
    default:
      return formatMs(value);
  }
}
