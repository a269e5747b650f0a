import type { LoadObjective, ObjectiveOutcome } from '@amdahl/load';
import { formatMs } from '@amdahl/metrics';
import { formatCount } from '../wording.ts';

/** What an objective found, in its unit. */
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
