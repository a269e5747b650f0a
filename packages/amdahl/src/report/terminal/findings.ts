import { formatMs } from '@amdahl/metrics';
import type { RankedFinding, RunResult } from '../../artifacts/run-result.ts';
import { restsOnAssumption } from '../../predict/rank.ts';
import { counted } from '../../wording.ts';
import { formatGain } from '../figures.ts';
import { isVoid, placeOf } from '../overview.ts';
import { printable, wrapped } from './lines.ts';
import { heading, type Paint } from './paint.ts';

/** More than this many in a row nobody reads; the page has them all. */
const mostMeasured = 9;
const mostAssumed = 5;

/** The findings but the first, as lists: those measured, and those that rest on an assumption. */
export function findingBlocks(
  findings: readonly RankedFinding[],
  best: RankedFinding | null,
  result: RunResult,
  paint: Paint,
  width: number,
): readonly (readonly string[])[] {
  if (findings.length === 0) return [];
  const list = (listed: readonly RankedFinding[], most: number): readonly string[] => [
    ...findingList(listed.slice(0, most), result, paint, width),
    ...(listed.length > most ? [restLine(listed.slice(most), result, paint)] : []),
  ];
  if (isVoid(result)) return [[heading('Findings', paint), ...list(findings, mostMeasured)]];
  const measured = findings.filter((finding) => !restsOnAssumption(finding));
  const assumed = findings.filter(restsOnAssumption);
  const isMixed = new Set(measured.map((finding) => finding.helpsMissedObjective)).size > 1;
  return [
    measured.length === 0
      ? []
      : [
          heading(best === null ? 'Findings' : 'After that', paint) +
            paint('dim', '  mean time saved on a request of the whole load'),
          ...list(measured, mostMeasured),
          ...(isMixed
            ? [paint('dim', 'First those that help a route missing its objective.')]
            : []),
          paint('dim', 'Gains overlap: after one fix the others buy less. Never add them up.'),
        ],
    assumed.length === 0
      ? []
      : [
          heading('On assumptions', paint) +
            paint('dim', '  predicted for what the run could not measure'),
          ...list(assumed, mostAssumed),
          ...assumptionLines(assumed, paint, width),
        ],
  ];
}

function findingList(
  findings: readonly RankedFinding[],
  result: RunResult,
  paint: Paint,
  width: number,
): readonly string[] {
  const gains = findings.map((finding) => (isVoid(result) ? '' : gainText(finding)));
  const gainWidth = Math.max(...gains.map((gain) => gain.length));
  const indent = 3 + (gainWidth === 0 ? 0 : gainWidth + 2) + 1;
  return findings.flatMap((finding, index) => {
    const gain = (gains[index] ?? '').padStart(gainWidth);
    const place = placeOf(finding, result);
    const [first = '', ...rest] = wrapped(finding.title, width - indent);
    return [
      [
        paint('dim', String(finding.rank).padStart(2)),
        ...(gainWidth === 0 ? [] : [paint('green', gain)]),
        first,
      ].join('  '),
      ...[...rest, ...(place === null ? [] : [paint('cyan', printable(place))])].map(
        (line) => `${' '.repeat(indent)}${line}`,
      ),
    ];
  });
}

function restLine(rest: readonly RankedFinding[], result: RunResult, paint: Paint): string {
  const most = Math.max(...rest.map((finding) => finding.boughtMsPerRequest.mid));
  const gains = isVoid(result) || most < 0.001 ? '' : `, none above ${formatMs(most)}`;
  return paint(
    'dim',
    `    and ${counted(rest.length, 'more finding')}${gains}: see the HTML report`,
  );
}

function gainText({ prediction, boughtMsPerRequest }: RankedFinding): string {
  return prediction.gains.length === 0 ? '' : formatGain(boughtMsPerRequest.mid);
}

/** Each assumption once, with the findings that rest on it. */
function assumptionLines(
  findings: readonly RankedFinding[],
  paint: Paint,
  width: number,
): readonly string[] {
  const byAssumption = Map.groupBy(findings, (finding) => finding.prediction.assumes ?? '');
  return [...byAssumption].flatMap(([assumes, resting]) =>
    wrapped(`For ${resting.map(({ rank }) => rank).join(', ')}: ${assumes}.`, width).map((line) =>
      paint('dim', line),
    ),
  );
}
