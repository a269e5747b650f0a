import { shortened } from '../../wording.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { scaleInterval } from '../../predict/interval.ts';
import type { PlansArtifact } from '../../artifacts/plans.ts';
import { NotMeasured } from '../audit.ts';
import type { Detail } from '../detail.ts';
import type { Finding, Interval, Remedy, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { planCases, type PlanCase, type PlanEvidence } from './plan-cases.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import {
  addGains,
  codeDetail,
  impactsOf,
  isWorthIt,
  statementDetail,
} from './statement-finding.ts';

/** An audit that reads plans: which rules of `sql/plan-reading` it reports, and what to do then. */
export interface PlanAudit {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly rules: readonly string[];
  /** Estimates alone can show it; the others need a plan that was executed. */
  readonly readsEstimates?: true;
  /** Rules whose problem, at the node or below it, is the better explanation. */
  readonly causes?: readonly string[];
  /** Whether it is to be reported; everything the rules find by default. */
  readonly isReported?: (each: PlanCase, evidence: PlanEvidence) => boolean;
  /** What of the time that hangs on the node is saved, 0 to 1. */
  readonly saved?: Interval;
  /** Why it is that much: a sentence. */
  readonly savedBecause?: string;
  readonly remedy: (each: PlanCase) => Remedy;
}

/**
 * Nobody knows how much of a node's time a better plan saves before it is tried: none of it or all,
 * and half is the middle.
 */
const unknownPart: Interval = { low: 0, mid: 0.5, high: 1 };
const unknownBecause =
  'How much of it goes cannot be told before it is tried: half is taken as the middle, nothing and all as the ends.';

/** Made of a plan audit. Without executed plans only those of its rules speak that read estimates. */
export function definePlanAudit(audit: PlanAudit): StatementAuditDefinition {
  const { id, title, description, rules, causes = [], isReported = () => true } = audit;
  return defineStatementAudit({
    id,
    title,
    description,
    needs: ['catalog', 'plans', 'experiments'],
    find: (uses, evidence) => {
      if (audit.readsEstimates !== true) needsExecuted(evidence.plans);
      return planCases(rules, causes, uses, evidence)
        .filter((each) => isReported(each, evidence))
        .flatMap((each) => planFinding(audit, each));
    },
  });
}

/** @throws NotMeasured where there are estimates only */
export function needsExecuted({ plans }: PlansArtifact): void {
  if (plans.every(({ executed }) => executed === undefined)) {
    throw new NotMeasured(
      'no plan was executed: `--analyze` executes each SELECT once more, and auto_explain logs plans as they happen',
    );
  }
}

/** None when no route would feel it. */
export function planFinding(
  { id, saved = unknownPart, savedBecause = unknownBecause, remedy }: PlanAudit,
  each: PlanCase,
): readonly Finding[] {
  const { problem, uses, captured } = each;
  const gains = addGains(
    uses.flatMap(({ routes }) =>
      routes.map(({ measured, beforeMs, heldMs }): RouteGain => {
        const nodeMs = heldMs * Math.min(1, problem.share);
        return boundedGain(measured.route, beforeMs, nodeMs, scaleInterval(saved, nodeMs));
      }),
    ),
  );
  if (!isWorthIt(gains)) return [];
  const [use] = uses.toSorted((a, b) => b.waitedMs - a.waitedMs);
  return [
    {
      id: findingId(id, captured.text, problem.rule, problem.node.label),
      audit: id,
      step: 'queries',
      title: `${problem.title}: "${shortened(captured.text, 70)}"`,
      where: use?.callSite ?? null,
      routes: impactsOf(gains),
      evidence: [
        { kind: 'text', text: `${problem.explanation} Reported when ${problem.criterion}.` },
        ...(use === undefined ? [] : [statementDetail(use), ...codeDetail(use.callSite)]),
        planDetail(each),
      ],
      remedy: remedy(each),
      prediction: {
        method: 'plan-share',
        explanation: `${problem.node.label} holds ${shareOf(each)} of the statement. ${savedBecause}`,
        gains,
      },
    },
  ];
}

function shareOf({ problem, executed }: PlanCase): string {
  const percent = `${Math.round(problem.share * 100)} %`;
  return executed ? `${percent} of the time of one execution` : `${percent} of the cost`;
}

function planDetail({ executed, explained: { plan } }: PlanCase): Detail {
  return {
    kind: 'plan',
    title: executed ? 'The plan, executed' : 'The plan, as estimated',
    plan,
  };
}

/** What a remedy of several statements is shown as. */
export function migration(title: string, statements: readonly string[]): Detail {
  return { kind: 'statement', title, sql: statements.join('\n') };
}

/** For a setting such as work_mem, rounded up to whole megabytes: `64MB`. */
export function memorySetting(kilobytes: number): string {
  return `${Math.max(1, Math.ceil(kilobytes / 1_024))}MB`;
}
