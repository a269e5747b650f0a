import { formatMs } from '@amdahl/metrics';
import type { ExplainResult } from '../../explain/explain-result.ts';
import type { PlanProblem } from '../../sql/plan-reading/plan-rule.ts';
import { formatShare } from '../../wording.ts';
import { indented, printable, wrapped } from '../terminal/lines.ts';
import { heading, paintFor, type Paint } from '../terminal/paint.ts';
import { renderPlanTree, type PlanTreeOptions } from '../terminal/plan-tree.ts';
import { settingsText } from './explain-texts.ts';

/** Lines of a statement shown; the whole text is in the file it came from. */
const mostStatementLines = 12;

/** One plan as a person reads it: the tree, then what is wrong with it. */
export function renderExplainTerminal(result: ExplainResult, options: PlanTreeOptions): string {
  const paint = paintFor(options.colour);
  const { width } = options;
  const blocks: readonly (readonly string[])[] = [
    statementLines(result, paint),
    [renderPlanTree(result.explained, options)],
    problemLines(result, paint, width),
    settingsText(result).length === 0
      ? []
      : [
          heading('Settings', paint),
          ...wrapped(settingsText(result).join(' · '), width).map((line) => paint('dim', line)),
        ],
    result.notes.flatMap((note) => wrapped(note, width).map((line) => paint('dim', line))),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

function statementLines({ statement, parameters }: ExplainResult, paint: Paint): readonly string[] {
  if (statement === null) return [];
  const lines = statement.split('\n').map((line) => printable(line.trimEnd()));
  const more = lines.length - mostStatementLines;
  return [
    ...lines.slice(0, mostStatementLines),
    ...(more > 0 ? [paint('dim', `… ${more} more lines`)] : []),
    ...parameters.map((value, index) =>
      paint('dim', printable(`$${index + 1} = ${JSON.stringify(value)}`)),
    ),
  ];
}

function problemLines(
  { problems, origin, explained }: ExplainResult,
  paint: Paint,
  width: number,
): readonly string[] {
  if (problems.length === 0) {
    const executed = origin === 'executed' || explained.plan['Actual Loops'] !== undefined;
    return [
      paint(
        'green',
        executed ? 'Nothing is wrong with this plan.' : 'The estimates show nothing wrong.',
      ),
    ];
  }
  return [
    heading(problems.length === 1 ? 'One problem' : `${problems.length} problems`, paint),
    ...problems.flatMap((problem, index) => [
      ...(index === 0 ? [] : ['']),
      ...oneProblem(problem, index + 1, paint, width),
    ]),
  ];
}

function oneProblem(
  problem: PlanProblem,
  number: number,
  paint: Paint,
  width: number,
): readonly string[] {
  const { title, node, share, msHeld, explanation, advice, criterion, rule } = problem;
  const held = `${formatShare(share)}${msHeld === null ? ' of the cost' : `, ${formatMs(msHeld)}`}`;
  const [first = '', ...rest] = wrapped(title, width - 4);
  return [
    `${paint('red', String(number).padStart(2))}  ${paint('bold', first)}`,
    ...rest.map((line) => `    ${paint('bold', line)}`),
    ...indented(`${node.label} · ${held}`, 4, width).map((line) => paint('dim', line)),
    ...indented(explanation, 4, width),
    ...advice.flatMap((each) => {
      const [line = '', ...others] = wrapped(each, width - 6);
      return [`    ${paint('green', '→')} ${line}`, ...others.map((other) => `      ${other}`)];
    }),
    ...indented(`${rule}: reported when ${criterion}.`, 4, width).map((line) => paint('dim', line)),
  ];
}
