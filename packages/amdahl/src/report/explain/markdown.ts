import { formatMs } from '@amdahl/metrics';
import type { ExplainResult } from '../../explain/explain-result.ts';
import { formatShare } from '../../wording.ts';
import { renderPlanTree } from '../terminal/plan-tree.ts';
import { originText, settingsText } from './explain-texts.ts';

/** Wide enough for a tree in a code block of a pull request. */
const treeWidth = 110;

/** One plan for a pull request or a wiki. */
export function renderExplainMarkdown(result: ExplainResult): string {
  const { statement, problems, notes, explained } = result;
  const settings = settingsText(result);
  return `${[
    `# Amdahl: ${originText(result)}`,
    ...(statement === null ? [] : [fenced(statement, 'sql')]),
    fenced(renderPlanTree(explained, { colour: false, width: treeWidth }), 'text'),
    ...problems.map(({ title, node, share, msHeld, explanation, advice, criterion, rule }) =>
      [
        `## ${escaped(title)}`,
        '',
        `\`${node.label.replaceAll('`', "'")}\` · ${formatShare(share)}${msHeld === null ? ' of the cost' : `, ${formatMs(msHeld)}`}`,
        '',
        escaped(explanation),
        '',
        ...advice.map((each) => `- ${escaped(each)}`),
        '',
        `*${rule}*: reported when ${escaped(criterion)}.`,
      ].join('\n'),
    ),
    ...(problems.length === 0 ? ['Nothing is wrong with this plan, as far as it tells.'] : []),
    ...(settings.length === 0
      ? []
      : [`Settings: ${settings.map((each) => `\`${each}\``).join(', ')}`]),
    ...notes.map(escaped),
  ].join('\n\n')}\n`;
}

function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, String.raw`\$&`);
}
