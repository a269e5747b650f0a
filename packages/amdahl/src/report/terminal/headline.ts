import { formatMs } from '@amdahl/metrics';
import type { RankedFinding, RunResult } from '../../artifacts/run-result.ts';
import type { RouteGain } from '../../audits/finding.ts';
import { counted } from '../../wording.ts';
import { briefEvidence, changeLines, type ChangeLine } from '../brief.ts';
import { afterMs, formatGain, formatRange } from '../figures.ts';
import { gainsByWeight, placeOf } from '../overview.ts';
import { columns, printable, wrapped } from './lines.ts';
import { lockGraphLines } from './lock-graph.ts';
import type { Paint } from './paint.ts';

const mostGains = 4;
const mostEvidence = 4;
const mostChangeLines = 12;
/** Room for labels, in characters. */
const indent = 10;

/** What a person came for: the fix that buys most, why, where and how. */
export function headlineBlock(
  finding: RankedFinding,
  result: RunResult,
  paint: Paint,
  width: number,
): readonly string[] {
  const bar = paint('green', '┃');
  const room = width - 2;
  const place = placeOf(finding, result);
  const graphs = finding.evidence.filter((detail) => detail.kind === 'lock-graph');
  const withoutGraph = {
    ...finding,
    evidence: finding.evidence.filter((detail) => detail.kind !== 'lock-graph'),
  };
  const lines = [
    paint(['bold', 'green'], 'The single fix that would buy the most'),
    '',
    ...wrapped(finding.title, room).map((line) => paint('bold', line)),
    ...(place === null ? [] : [paint('cyan', printable(place))]),
    '',
    ...gainLines(finding, result, paint, room),
    ...wrapped(explanation(finding), room).map((line) => paint('dim', line)),
    ...labelled('Evidence', briefEvidence(withoutGraph, result, mostEvidence), room, paint),
    ...graphs.flatMap((graph) =>
      laidOut('Locks', lockGraphLines(graph, paint, room - indent), paint),
    ),
    ...labelled('Change', [finding.remedy.title], room, paint),
    ...changed(changeLines(finding.remedy.change), room, paint),
  ];
  return lines.map((line) => (line === '' ? bar : `${bar} ${line}`));
}

function gainLines(
  finding: RankedFinding,
  result: RunResult,
  paint: Paint,
  width: number,
): readonly string[] {
  const gains = gainsByWeight(finding, result);
  const shown = gains.slice(0, mostGains);
  const table = columns(
    [
      { label: 'route', flexible: true },
      { label: 'mean', align: 'right' },
      { label: '', align: 'left' },
      { label: 'with it', align: 'right' },
      { label: 'saves', align: 'right' },
      { label: 'likely between' },
      { label: 'at most', align: 'right' },
    ],
    shown.map((gain) => rowOf(gain, paint)),
    width,
    (text) => paint('dim', text),
  );
  const rest = gains.length - shown.length;
  return rest > 0
    ? [...table, paint('dim', `and ${counted(rest, 'route')} more`), '']
    : [...table, ''];
}

function rowOf(gain: RouteGain, paint: Paint): Parameters<typeof columns>[1][number] {
  return [
    { text: gain.route },
    { text: formatMs(gain.beforeMs) },
    { text: '→', paint: (text) => paint('dim', text) },
    { text: formatMs(afterMs(gain)), paint: (text) => paint('bold', text) },
    { text: formatGain(gain.gainMs.mid), paint: (text) => paint(['bold', 'green'], text) },
    { text: formatRange(gain.gainMs), paint: (text) => paint('dim', text) },
    { text: formatGain(gain.boundMs), paint: (text) => paint('dim', text) },
  ];
}

function explanation({ prediction, boughtMsPerRequest }: RankedFinding): string {
  const assumes = prediction.assumes === undefined ? '' : ` Assumes ${prediction.assumes}.`;
  return (
    `${formatGain(boughtMsPerRequest.mid)} on the average request of the whole load. ` +
    `Predicted by ${prediction.method}: ${prediction.explanation}${assumes}`
  );
}

function labelled(
  label: string,
  texts: readonly string[],
  width: number,
  paint: Paint,
): readonly string[] {
  return laidOut(
    label,
    texts.flatMap((text) => wrapped(text, width - indent)),
    paint,
  );
}

/** Lines with a label before the first. */
function laidOut(label: string, lines: readonly string[], paint: Paint): readonly string[] {
  if (lines.length === 0) return [];
  return [
    '',
    ...lines.map((line, index) =>
      index === 0
        ? `${paint('bold', label.padEnd(indent))}${line}`
        : `${' '.repeat(indent)}${line}`,
    ),
  ];
}

function changed(lines: readonly ChangeLine[], width: number, paint: Paint): readonly string[] {
  const colours = { '+': 'green', '-': 'red', ' ': 'dim' } as const;
  const shown = lines
    .slice(0, mostChangeLines)
    .map(
      ({ sign, text }) =>
        `${' '.repeat(10)}${paint(colours[sign], `${sign} ${printable(text)}`.slice(0, width - 10))}`,
    );
  return lines.length > mostChangeLines
    ? [
        ...shown,
        `${' '.repeat(10)}${paint('dim', `… ${lines.length - mostChangeLines} more lines`)}`,
      ]
    : shown;
}
