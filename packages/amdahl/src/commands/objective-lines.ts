import type { LoadResult } from '@amdahl/load';
import { formatFound } from '../load-outputs/objective-figure.ts';

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
