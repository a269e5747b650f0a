import { formatMs } from '@amdahl/metrics';
import type { RankedFinding, RunResult } from '../artifacts/run-result.ts';
import { formatCount, formatShare } from '../wording.ts';
import { code, escaped, fenced, list, table } from './markdown-text.ts';
import { briefEvidence, changeLines } from './brief.ts';
import { afterMs, formatGain, formatRange } from './figures.ts';
import {
  bestFinding,
  checklist,
  gainsByWeight,
  isVoid,
  placeOf,
  unmeasuredReasons,
  verdictText,
} from './overview.ts';

/** The report for a pull request or a wiki: the same order as on the terminal. */
export function renderMarkdown(result: RunResult): string {
  const best = isVoid(result) ? null : bestFinding(result);
  const others = result.findings.filter((finding) => finding !== best);
  return `${[
    ...introduction(result),
    ...(best === null ? [] : [`## The single fix that would buy the most`, ...full(best, result)]),
    ...(others.length === 0 ? [] : findings(others, result)),
    ...(isVoid(result) || result.routes.length === 0 ? [] : routes(result)),
    '## Checklist',
    table(
      ['', 'Step', 'Outcome'],
      checklist(result).map((step) => [String(step.number), step.title, step.text]),
    ),
    ...unmeasured(result),
  ].join('\n\n')}\n`;
}

function introduction(result: RunResult): readonly string[] {
  const { target } = result.artifacts;
  const kind = result.verdict?.kind ?? 'void';
  const reasons = (result.verdict?.reasons ?? []).map(
    ({ message, next }) => `- ${escaped(`${message} ${next}`)}`,
  );
  return [
    `# Amdahl: ${target.status === 'ok' ? escaped(target.value.url) : 'a run'}`,
    `Recorded ${result.recordedAt}. **${kind}**: ${verdictText(result)}.`,
    ...(reasons.length === 0 ? [] : [reasons.join('\n')]),
  ];
}

function full(finding: RankedFinding, result: RunResult): readonly string[] {
  const place = placeOf(finding, result);
  const change = changeLines(finding.remedy.change);
  const { assumes, explanation, method } = finding.prediction;
  return [
    `### ${escaped(finding.title)}`,
    ...(place === null ? [] : [code(place)]),
    table(
      ['Route', 'Mean', 'With the fix', 'Saves', 'Likely between', 'At most'],
      gainsByWeight(finding, result).map((gain) => [
        code(gain.route),
        formatMs(gain.beforeMs),
        formatMs(afterMs(gain)),
        formatGain(gain.gainMs.mid),
        formatRange(gain.gainMs),
        formatGain(gain.boundMs),
      ]),
    ),
    `Predicted by ${code(method)}: ${escaped(explanation)}${assumes === undefined ? '' : ` Assumes ${escaped(assumes)}.`}`,
    ...list(briefEvidence(finding, result, 4).map(code)),
    `**Change:** ${escaped(finding.remedy.title)}`,
    ...list(finding.remedy.actions.map(escaped)),
    ...(change.length === 0
      ? []
      : [fenced('diff', change.map(({ sign, text }) => `${sign} ${text}`).join('\n'))]),
  ];
}

function findings(others: readonly RankedFinding[], result: RunResult): readonly string[] {
  return [
    '## Findings',
    table(
      ['', 'Mean time saved on a request', 'Finding', 'Where'],
      others.map((finding) => [
        String(finding.rank),
        isVoid(result) || finding.prediction.gains.length === 0
          ? ''
          : formatGain(finding.boughtMsPerRequest.mid) +
            (finding.prediction.assumes === undefined ? '' : ' (assumed)'),
        escaped(finding.title),
        code(placeOf(finding, result) ?? ''),
      ]),
    ),
    ...(isVoid(result)
      ? []
      : ['Gains overlap: after one fix the others buy less. Never add them up.']),
  ];
}

function routes(result: RunResult): readonly string[] {
  return [
    '## Routes',
    table(
      ['Route', 'Requests', 'p50', 'p95', 'p99', 'Failed', 'p95 is'],
      result.routes.map((route) => [
        code(route.route),
        formatCount(route.count),
        formatMs(route.p50Ms),
        formatMs(route.p95Ms),
        formatMs(route.p99Ms),
        formatShare(route.errorShare),
        route.band,
      ]),
    ),
  ];
}

function unmeasured(result: RunResult): readonly string[] {
  const reasons = unmeasuredReasons(result);
  if (reasons.length === 0) return [];
  return [
    '## Not measured',
    list(
      reasons.map(({ reason, audits }) => `${audits.map(code).join(', ')}: ${escaped(reason)}`),
    ).join('\n'),
  ];
}
