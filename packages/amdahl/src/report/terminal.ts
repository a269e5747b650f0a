import type { LoadProfile } from '@amdahl/load';
import { durationMs, formatMs } from '@amdahl/metrics';
import type { RankedFinding, RunResult } from '../artifacts/run-result.ts';
import { counted, formatCount } from '../wording.ts';
import {
  bestFinding,
  checklist,
  isVoid,
  proveCommand,
  unmeasuredReasons,
  verdictText,
  type StepSummary,
} from './overview.ts';
import { findingBlocks } from './terminal/findings.ts';
import { headlineBlock } from './terminal/headline.ts';
import { indented, wrapped } from './terminal/lines.ts';
import { heading, paintFor, type Paint } from './terminal/paint.ts';
import { routeBlock } from './terminal/routes.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns of the terminal; laid out for 80 to 120. */
  readonly width: number;
}

/** The report as a person reads it first: the fix that buys most, then all the rest on two screens. */
export function renderTerminal(result: RunResult, options: TerminalOptions): string {
  const paint = paintFor(options.colour);
  const width = Math.min(120, Math.max(72, options.width));
  const best = isVoid(result) ? null : bestFinding(result);
  const others = result.findings.filter((finding) => finding !== best);
  const blocks: readonly (readonly string[])[] = [
    introduction(result, paint, width),
    best === null ? [] : headlineBlock(best, result, paint, width),
    best === null && result.findings.length === 0 && !isVoid(result)
      ? [paint('green', 'No audit found anything to fix.')]
      : [],
    ...findingBlocks(others, best, result, paint, width),
    isVoid(result) || result.routes.length === 0
      ? []
      : [
          heading(
            result.verdict?.kind === 'bounded' ? 'Routes: limits, no values' : 'Routes',
            paint,
          ),
          ...routeBlock(result.routes, paint, width),
        ],
    checklistBlock(result, paint, width),
    unmeasuredBlock(result, paint, width),
    nextBlock(result, best, paint),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

function introduction(result: RunResult, paint: Paint, width: number): readonly string[] {
  const { target, load } = result.artifacts;
  const facts = [
    target.status === 'ok' ? target.value.url : null,
    result.recordedAt.replace('T', ' ').replace(/:\d\d\.\d+Z$/, ' UTC'),
    ...(load.status === 'ok' ? [profileText(load.value.result.profile), requestText(result)] : []),
    result.interrupted ? 'cut short' : null,
  ].filter((fact) => fact !== null);
  const kind = result.verdict?.kind ?? 'void';
  const mark = { valid: '✔', bounded: '!', void: '✖' }[kind];
  const colour = ({ valid: 'green', bounded: 'yellow', void: 'red' } as const)[kind];
  return [
    ...wrapped(facts.join(' · '), width - 8).map((line, index) =>
      index === 0
        ? `${paint('bold', 'Amdahl')}  ${paint('dim', line)}`
        : `${' '.repeat(8)}${paint('dim', line)}`,
    ),
    `${paint(['bold', colour], `${mark} ${kind}`)}  ${verdictText(result)}`,
    ...(result.verdict?.reasons ?? []).flatMap((reason) => [
      ...indented(`${reason.message} ${reason.next}`, 4, width),
    ]),
  ];
}

function profileText(profile: LoadProfile): string {
  return profile.model === 'closed'
    ? `${counted(profile.users, 'user')} for ${formatMs(durationMs(profile.duration))}`
    : `${counted(profile.arrivals.length, 'stage')} of arrivals`;
}

function requestText(result: RunResult): string {
  const count = result.routes.reduce((sum, route) => sum + route.count, 0);
  const rate = result.routes.reduce((sum, route) => sum + route.ratePerSecond, 0);
  return `${formatCount(count)} requests, ${formatCount(rate)}/s`;
}

const stepMarks: Readonly<
  Record<StepSummary['state'], { readonly mark: string; readonly colour: 'red' | 'green' | 'dim' }>
> = {
  found: { mark: '✖', colour: 'red' },
  passed: { mark: '✔', colour: 'green' },
  unmeasured: { mark: '?', colour: 'dim' },
};

function checklistBlock(result: RunResult, paint: Paint, width: number): readonly string[] {
  return [
    heading('Checklist', paint),
    ...checklist(result).flatMap((step) => {
      const { mark, colour } = stepMarks[step.state];
      const [first = '', ...rest] = wrapped(step.text, width - 17);
      return [
        `${paint('dim', String(step.number))} ${paint(colour, mark)} ${paint('bold', step.title.padEnd(11))}  ${first}`,
        ...rest.map((line) => `${' '.repeat(17)}${line}`),
      ];
    }),
  ];
}

function unmeasuredBlock(result: RunResult, paint: Paint, width: number): readonly string[] {
  const reasons = unmeasuredReasons(result);
  if (reasons.length === 0) return [];
  return [
    heading('Not measured', paint),
    ...reasons.flatMap(({ reason, audits }) => [
      ...wrapped(audits.join(', '), width),
      ...indented(reason, 4, width).map((line) => paint('dim', line)),
    ]),
  ];
}

function nextBlock(result: RunResult, best: RankedFinding | null, paint: Paint): readonly string[] {
  const commands = [
    ...(best === null ? [] : [proveCommand(best, result)]),
    `amdahl report ${result.recording} --html report.html`,
  ];
  return [heading('Next', paint), ...commands.map((command) => `${paint('dim', '$')} ${command}`)];
}
