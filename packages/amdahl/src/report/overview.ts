/** What every report says first, gathered from a result once: pure readers lay it out. */
import type { Verdict } from '@amdahl/load';
import type { AuditOutcome } from '../audits/audit.ts';
import { steps, type Finding, type RouteGain, type Step } from '../audits/finding.ts';
import type { RankedFinding, RunResult } from '../artifacts/run-result.ts';
import { restsOnAssumption } from '../predict/rank.ts';
import { counted } from '../wording.ts';
import { formatGain } from './figures.ts';

export const stepTitles: Readonly<Record<Step, string>> = {
  measure: 'Measure',
  cache: 'Cache',
  queries: 'Queries',
  async: 'Async',
  'front-end': 'Front end',
  scale: 'Scale',
};

/** One line of the six-step checklist. */
export interface StepSummary {
  readonly step: Step;
  readonly number: number;
  readonly title: string;
  readonly state: 'found' | 'passed' | 'unmeasured';
  readonly text: string;
  readonly outcomes: readonly AuditOutcome[];
}

export function checklist(result: RunResult): readonly StepSummary[] {
  return steps.map((step, index) => {
    const outcomes = result.outcomes.filter((outcome) => outcome.step === step);
    const findings = outcomes.flatMap(findingsOf);
    const unmeasured = outcomes.filter((outcome) => outcome.status === 'unmeasured').length;
    const measured = outcomes.length - unmeasured;
    const state = findings.length > 0 ? 'found' : measured > 0 ? 'passed' : 'unmeasured';
    const texts = {
      found: foundText(step, findings, result),
      passed: `nothing found by ${counted(measured, 'audit')}`,
      unmeasured: 'could not be measured',
    };
    const rest = state !== 'unmeasured' && unmeasured > 0 ? `; ${unmeasured} not measured` : '';
    return {
      step,
      number: index + 1,
      title: stepTitles[step],
      state,
      text: texts[state] + rest,
      outcomes,
    };
  });
}

/** Gains overlap, so the largest stands for the step, never their sum; a measured one before all. */
function foundText(step: Step, findings: readonly Finding[], result: RunResult): string {
  if (step === 'measure') return findings[0]?.title ?? '';
  const count = counted(findings.length, 'finding');
  const best = result.findings.find(
    (finding) => finding.step === step && finding.boughtMsPerRequest.mid >= 0.001,
  );
  if (isVoid(result) || best === undefined) return count;
  const gain = `the best ${formatGain(best.boughtMsPerRequest.mid)} a request`;
  return `${count}, ${gain}${restsOnAssumption(best) ? ', on an assumption' : ''}`;
}

function findingsOf(outcome: AuditOutcome): readonly Finding[] {
  return outcome.status === 'found' ? outcome.findings : [];
}

/** A void run's figures say nothing about the service and are not shown. */
export function isVoid(result: RunResult): boolean {
  return result.verdict === null || result.verdict.kind === 'void';
}

/** The single fix that would buy the most; null when no finding predicts a gain. */
export function bestFinding(result: RunResult): RankedFinding | null {
  const [first] = result.findings;
  return first !== undefined && first.boughtMsPerRequest.mid > 0 ? first : null;
}

/** Gains of a finding, the ones that matter most to the load first. */
export function gainsByWeight(finding: RankedFinding, result: RunResult): readonly RouteGain[] {
  const share = (route: string): number =>
    result.routes.find((summary) => summary.route === route)?.requestShare ?? 0;
  return finding.prediction.gains.toSorted(
    (a, b) =>
      b.gainMs.mid * share(b.route) - a.gainMs.mid * share(a.route) || b.gainMs.mid - a.gainMs.mid,
  );
}

/** Why audits have no answer: each reason once, with the audits it holds back. */
export function unmeasuredReasons(
  result: RunResult,
): readonly { readonly reason: string; readonly audits: readonly string[] }[] {
  const unmeasured = result.outcomes.filter((outcome) => outcome.status === 'unmeasured');
  return [...Map.groupBy(unmeasured, (outcome) => outcome.reason)].map(([reason, outcomes]) => ({
    reason,
    audits: outcomes.map((outcome) => outcome.audit),
  }));
}

const verdictTexts: Readonly<Record<Verdict['kind'], string>> = {
  valid: "the figures are the server's",
  bounded: 'the figures are limits: the server may be better than they say',
  void: 'the figures say nothing about the server and are left out',
};

/** What the verdict means, in a clause. */
export function verdictText({ verdict }: RunResult): string {
  return verdict === null ? 'no load was measured' : verdictTexts[verdict.kind];
}

/** The command that would prove the finding's fix; what only the person knows is in brackets. */
export function proveCommand(finding: Finding, { recording, artifacts }: RunResult): string {
  const { target } = artifacts;
  const before = (target.status === 'ok' ? target.value.command : null) ?? '<the app as it is>';
  const url = target.status === 'ok' ? target.value.url : '<url>';
  return (
    `amdahl prove --a '${before}' --b '<the app with the fix>' --url ${url} ` +
    `--recording ${recording} --finding ${finding.id}`
  );
}

/** A path inside the app, from its working directory when it lies there. */
export function shownPath(file: string, result: RunResult): string {
  const { target } = result.artifacts;
  const root = target.status === 'ok' ? target.value.cwd.replace(/[/\\]+$/, '') : '';
  const isInside = root !== '' && (file.startsWith(`${root}/`) || file.startsWith(`${root}\\`));
  return isInside ? file.slice(root.length + 1) : file;
}

/** `src/orders.ts:42 in listOrders`; null for a cause that is no code. */
export function placeOf(finding: Finding, result: RunResult): string | null {
  return placeText(finding, (file) => shownPath(file, result));
}

/** The place in the code, or in the file of SQL the statement was read from. */
export function placeText(
  { where, evidence }: Finding,
  shown: (file: string) => string = (file) => file,
): string | null {
  if (where === null) {
    const statement = evidence.find((detail) => detail.kind === 'statement');
    return statement?.origin ?? null;
  }
  const place = `${shown(where.file)}:${where.line}`;
  return where.functionName === '' ? place : `${place} in ${where.functionName}`;
}
