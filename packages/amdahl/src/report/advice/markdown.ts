import type { Advice, AdvisedFinding } from '../../advisor/advice.ts';
import { shortened } from '../../wording.ts';
import { briefEvidence, changeLines } from '../brief.ts';
import { formatGain } from '../figures.ts';
import { code, escaped, fenced, list, table } from '../markdown-text.ts';
import { placeText } from '../overview.ts';
import {
  fidelityText,
  negligibleText,
  savedOfText,
  savingText,
  workloadFacts,
} from './advice-texts.ts';

/** Advice for a pull request or a wiki: the same order as on the terminal. */
export function renderAdviceMarkdown(advice: Advice): string {
  const { findings, remarks, warnings, workload, migration } = advice;
  const fidelity = fidelityText(advice);
  const negligible = negligibleText(advice);
  return `${[
    '# Amdahl: advice for the database',
    `${escaped(workloadFacts(advice).join(' · '))}. ${fidelity ?? ''}`.trim(),
    ...(advice.interrupted ? ['**Cut short:** this is what was found until then.'] : []),
    ...(findings.length === 0
      ? []
      : [
          table(
            ['', 'Saves', 'Finding', 'Change'],
            findings.map((finding) => [
              String(finding.rank),
              formatGain(finding.savedMs.mid),
              escaped(finding.title),
              escaped(finding.remedy.title),
            ]),
          ),
          `The time is what a change saves ${savedOfText(advice)}. Gains overlap: after one change the others save less. Never add them up.`,
          ...(negligible === null ? [] : [negligible]),
          ...findings.flatMap((finding) => inFull(finding, advice)),
        ]),
    ...(migration.up === ''
      ? []
      : [
          '## Migration',
          fenced('sql', migration.up),
          '## Taking it back',
          fenced('sql', migration.down),
          migration.notes.map((note) => `- ${escaped(note)}`).join('\n'),
        ]),
    ...(remarks.length === 0
      ? []
      : [
          '## In the text alone, confirmed by no database',
          table(
            ['Where', 'Remark', 'Instead', 'Rule'],
            remarks.map(({ origin, rule, message, advice: instead }) => [
              code(origin ?? ''),
              escaped(message),
              escaped(instead),
              code(rule),
            ]),
          ),
        ]),
    ...section(
      'Not read',
      workload.unread.map(({ text, error }) => `${code(shortened(text, 120))}: ${escaped(error)}`),
    ),
    ...section('To be taken with care', warnings.map(escaped)),
  ].join('\n\n')}\n`;
}

function inFull(finding: AdvisedFinding, advice: Advice): readonly string[] {
  const { remedy, prediction } = finding;
  const place = placeText(finding);
  const change = changeLines(remedy.change);
  return [
    `## ${finding.rank}. ${escaped(finding.title)}`,
    ...(place === null ? [] : [code(place)]),
    escaped(savingText(finding, advice)),
    `Predicted by ${code(prediction.method)}: ${escaped(prediction.explanation)}`,
    ...list(briefEvidence(finding, advice, 4).map(code)),
    `**${escaped(remedy.title)}**`,
    ...(change.length === 0
      ? []
      : [fenced('diff', change.map(({ sign, text }) => `${sign} ${text}`).join('\n'))]),
    ...list(remedy.actions.map(escaped)),
    `Taking it back: ${escaped(remedy.rollback)}`,
  ];
}

function section(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`## ${title}`, ...list(items)];
}
