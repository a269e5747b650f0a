import type { Advice, AdvisedFinding } from '../../advisor/advice.ts';
import { counted, shortened } from '../../wording.ts';
import { briefEvidence, changeLines, type ChangeLine } from '../brief.ts';
import { formatGain } from '../figures.ts';
import { placeText } from '../overview.ts';
import { indented, printable, wrapped } from '../terminal/lines.ts';
import { heading, paintFor, type Paint } from '../terminal/paint.ts';
import type { TerminalOptions } from '../terminal.ts';
import {
  fidelityText,
  negligibleText,
  savedOfText,
  savingText,
  workloadFacts,
} from './advice-texts.ts';

const mostEvidence = 4;
const mostChangeLines = 16;
const mostWarnings = 8;
const mostRemarks = 40;
const mostUnread = 5;

/** Advice as a person reads it first: the change that saves most in full, then all the others. */
export function renderAdviceTerminal(advice: Advice, options: TerminalOptions): string {
  const paint = paintFor(options.colour);
  const width = Math.min(120, Math.max(72, options.width));
  const [best, ...others] = advice.findings;
  const negligible = negligibleText(advice);
  const blocks: readonly (readonly string[])[] = [
    introduction(advice, paint, width),
    best === undefined ? nothingFound(advice, paint) : inFull(best, advice, paint, width),
    others.length === 0 ? [] : list(others, advice, paint, width),
    negligible === null ? [] : [paint('dim', negligible)],
    migrationLines(advice, paint, width),
    remarkLines(advice, paint, width),
    unreadLines(advice, paint, width),
    warningLines(advice, paint, width),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

function introduction(advice: Advice, paint: Paint, width: number): readonly string[] {
  const fidelity = fidelityText(advice);
  return [
    ...wrapped(workloadFacts(advice).join(' · '), width - 8).map((line, index) =>
      index === 0
        ? `${paint('bold', 'Amdahl')}  ${paint('dim', line)}`
        : `${' '.repeat(8)}${paint('dim', line)}`,
    ),
    ...(fidelity === null ? [] : wrapped(fidelity, width)),
    ...(advice.interrupted
      ? [paint('yellow', 'Cut short: this is what was found until then.')]
      : []),
  ];
}

function nothingFound(advice: Advice, paint: Paint): readonly string[] {
  if (advice.database === null || advice.interrupted) return [];
  return [paint('green', 'No audit found anything to change.')];
}

function inFull(
  finding: AdvisedFinding,
  advice: Advice,
  paint: Paint,
  width: number,
): readonly string[] {
  const bar = paint('green', '┃');
  const room = width - 2;
  const change = changeLines(finding.remedy.change);
  const lines = [
    paint(['bold', 'green'], 'The single change that would save the most'),
    '',
    ...wrapped(finding.title, room).map((line) => paint('bold', line)),
    ...placeLines(finding, paint),
    '',
    ...wrapped(savingText(finding, advice), room),
    ...wrapped(
      `Predicted by ${finding.prediction.method}: ${finding.prediction.explanation}`,
      room,
    ).map((line) => paint('dim', line)),
    '',
    ...briefEvidence(finding, advice, mostEvidence).flatMap((text) => indented(text, 2, room)),
    '',
    paint('bold', finding.remedy.title),
    ...change
      .slice(0, mostChangeLines)
      .flatMap((line) =>
        changeLine(line, room).map((text) => paint(changeColours[line.sign], text)),
      ),
    ...(change.length > mostChangeLines
      ? [paint('dim', `  … ${change.length - mostChangeLines} more lines`)]
      : []),
    ...finding.remedy.actions.flatMap((action) =>
      wrapped(action, room - 4).map((line, index) => `${index === 0 ? '  · ' : '    '}${line}`),
    ),
    ...wrapped(`Taking it back: ${finding.remedy.rollback}`, room).map((line) =>
      paint('dim', line),
    ),
  ];
  return lines.map((line) => (line === '' ? bar : `${bar} ${line}`));
}

const changeColours = { '+': 'green', '-': 'red', ' ': 'dim' } as const;

/** A line of a change in full: cut SQL is of no use to anyone. */
function changeLine({ sign, text }: ChangeLine, width: number): readonly string[] {
  const [indent = ''] = /^\s*/.exec(text) ?? [];
  const [first = '', ...rest] = wrapped(text, width - 4 - indent.length);
  return [`  ${sign} ${indent}${first}`, ...rest.map((line) => `      ${indent}${line}`)];
}

function list(
  findings: readonly AdvisedFinding[],
  advice: Advice,
  paint: Paint,
  width: number,
): readonly string[] {
  const gains = findings.map(({ savedMs }) => formatGain(savedMs.mid));
  const gainWidth = Math.max(...gains.map((gain) => gain.length));
  const indent = 3 + gainWidth + 2 + 1;
  return [
    heading('After that', paint) + paint('dim', `  time saved ${savedOfText(advice)}`),
    ...findings.flatMap((finding, index) => {
      const [first = '', ...rest] = wrapped(finding.title, width - indent);
      return [
        [
          paint('dim', String(finding.rank).padStart(2)),
          paint('green', (gains[index] ?? '').padStart(gainWidth)),
          first,
        ].join('  '),
        ...[
          ...rest,
          ...placeLines(finding, paint),
          ...firstChange(finding, width - indent).map((line) => paint('dim', line)),
        ].map((line) => `${' '.repeat(indent)}${line}`),
      ];
    }),
    paint('dim', 'Gains overlap: after one change the others save less. Never add them up.'),
  ];
}

/** The change's first statement, where it fits a line. */
function firstChange({ remedy }: AdvisedFinding, width: number): readonly string[] {
  const text = changeLines(remedy.change)
    .filter(({ sign, text }) => sign === '+' && !/^(--|SET |CREATE EXTENSION )/.test(text))
    .map(({ text }) => text.trim())
    .join(' ');
  return text === '' ? [] : [shortened(text, width)];
}

function placeLines(finding: AdvisedFinding, paint: Paint): readonly string[] {
  const place = placeText(finding);
  return place === null ? [] : [paint('cyan', printable(place))];
}

/** What to know before the migration is run; its SQL is a file's matter. */
function migrationLines({ migration }: Advice, paint: Paint, width: number): readonly string[] {
  if (migration.notes.length === 0) return [];
  return [
    heading('Migration', paint) + paint('dim', '  --migration indexes.sql writes it'),
    ...migration.notes.flatMap((text) => indented(text, 2, width)),
  ];
}

function remarkLines({ remarks }: Advice, paint: Paint, width: number): readonly string[] {
  if (remarks.length === 0) return [];
  return [
    heading('In the text alone', paint) + paint('dim', '  confirmed by no database: give --db'),
    ...remarks
      .slice(0, mostRemarks)
      .flatMap(({ origin, rule, message, advice }, index) => [
        ...(origin === null || origin === remarks[index - 1]?.origin
          ? []
          : [paint('cyan', printable(origin))]),
        ...indented(`${rule}: ${message}`, 4, width),
        ...indented(advice, 8, width).map((line) => paint('dim', line)),
      ]),
    ...(remarks.length > mostRemarks
      ? [paint('dim', `… ${remarks.length - mostRemarks} more: see --json`)]
      : []),
  ];
}

function unreadLines({ workload }: Advice, paint: Paint, width: number): readonly string[] {
  const { unread } = workload;
  if (unread.length === 0) return [];
  return [
    heading('Not read', paint) + paint('dim', `  ${counted(unread.length, 'text')}`),
    ...unread
      .slice(0, mostUnread)
      .flatMap(({ text, error }) => [
        ...indented(shortened(text, width - 4), 2, width),
        ...indented(error, 6, width).map((line) => paint('dim', line)),
      ]),
    ...(unread.length > mostUnread
      ? [paint('dim', `  and ${counted(unread.length - mostUnread, 'other')}`)]
      : []),
  ];
}

function warningLines({ warnings }: Advice, paint: Paint, width: number): readonly string[] {
  if (warnings.length === 0) return [];
  return [
    heading('To be taken with care', paint),
    ...warnings.slice(0, mostWarnings).flatMap((text) => indented(text, 2, width)),
    ...(warnings.length > mostWarnings
      ? [paint('dim', `  and ${counted(warnings.length - mostWarnings, 'other')}: see --json`)]
      : []),
  ];
}
