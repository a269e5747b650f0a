import type { AgentSnapshot, CodeFrame, CpuProfile } from '@amdahl/agent/protocol';
import { formatMs, median } from '@amdahl/metrics';
import { boundedGain, heldShare } from '../../predict/amdahl.ts';
import { attributeCpu, type AppFunction } from '../../predict/cpu-attribution.ts';
import { measuredRoutes, type MeasuredRoute } from '../../predict/time-budget.ts';
import { formatShare, shortPath } from '../../wording.ts';
import { defineAudit, NotMeasured, type Audit } from '../audit.ts';
import type { TextDetail } from '../detail.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { blockingFunctions, type BlockingFunction } from './blocking-functions.ts';
import { cpuRemedy } from './cpu-remedy.ts';

/**
 * Clinic Doctor calls the event loop delayed when the delay's median reaches 10 ms or its maximum
 * 100 ms (`@clinic/doctor`, analysis/issue-category.js).
 */
const usualDelayMs = 10;
const longestDelayMs = 100;

export const blockedEventLoop: Audit = defineAudit({
  id: 'blocked-event-loop',
  step: 'async',
  title: 'Blocked event loop',
  description:
    'A function computes for so long without a pause that every request in flight waits for it, ' +
    'whatever route it is on.',
  needs: ['agent', 'cpuProfile', 'load'],
  audit: ({ agent, cpuProfile, load }) => {
    const routes = measuredRoutes(agent, load).filter((route) => route.times !== null);
    const blocked = cpuProfile.profiles.flatMap(({ pid, profile }) => {
      const process = agent.processes.find((snapshot) => snapshot.process.pid === pid);
      if (process === undefined || !isDelayed(process)) return [];
      return blockingFunctions(attributeCpu(profile).functions).map((found) => ({
        ...found,
        process,
        profile,
      }));
    });
    // Processes of one app block in the same functions; the one that blocks most stands for all.
    const worstLast = blocked.sort((a, b) => a.blocking.totalShare - b.blocking.totalShare);
    const findings = worstLast.map((each) => toFinding(each, routes));
    return [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  },
});

interface Blocked extends BlockingFunction {
  readonly process: AgentSnapshot;
  readonly profile: CpuProfile;
}

function isDelayed({ runtime }: AgentSnapshot): boolean {
  if (runtime.length === 0) throw new NotMeasured('the agent sent no samples of the event loop');
  return (
    median(runtime.map((sample) => sample.loopDelayP99Ms)) >= usualDelayMs ||
    Math.max(...runtime.map((sample) => sample.loopDelayMaxMs)) >= longestDelayMs
  );
}

function toFinding(
  { blocking, caller, process: { runtime }, profile }: Blocked,
  routes: readonly MeasuredRoute[],
): Finding {
  const delayMs = median(runtime.map((sample) => sample.loopDelayMeanMs));
  const gains = routes
    .map((route) => gainOn(route, blocking.totalShare, delayMs))
    .filter((gain) => gain.gainMs.high > 0);
  return {
    id: findingId('blocked-event-loop', stableSite(blocking.frame)),
    audit: 'blocked-event-loop',
    step: 'async',
    title:
      `${nameOf(blocking)} blocks the event loop for ${formatMs(blocking.medianBlockMs)} ` +
      `at a time, ${formatShare(blocking.totalShare)} of all computing`,
    where: blocking.frame,
    routes: gains.map((gain) => ({ route: gain.route, share: heldShare(gain) })),
    evidence: [
      { kind: 'number', label: 'Typical block', value: blocking.medianBlockMs, unit: 'ms' },
      { kind: 'number', label: 'Longest block', value: blocking.longestBlockMs, unit: 'ms' },
      { kind: 'number', label: 'Share of computing', value: blocking.totalShare, unit: 'share' },
      ...(caller === null ? [] : [callerDetail(caller)]),
      { kind: 'code', title: 'The function', frame: blocking.frame },
      {
        kind: 'series',
        title: 'Event-loop delay',
        unit: 'ms',
        lines: (['loopDelayP99Ms', 'loopDelayMaxMs'] as const).map((figure) => ({
          label: figure === 'loopDelayP99Ms' ? 'p99' : 'longest',
          points: runtime.map((sample) => [
            sample.atEpochMs - (runtime[0]?.atEpochMs ?? 0),
            sample[figure],
          ]),
        })),
      },
      { kind: 'flame', title: 'Where the CPU time goes', profile },
    ],
    remedy: cpuRemedy(blocking),
    prediction: {
      method: 'amdahl',
      explanation:
        'Its share of the computing times what requests wait for the loop: computing itself (low), ' +
        'with waiting to be accepted (middle), with replies of the database and of other services ' +
        'that lie ready until the loop is free (high).',
      gains,
    },
  };
}

/** An anonymous function goes by its place. */
function nameOf({ frame }: AppFunction): string {
  return frame.functionName.startsWith('(')
    ? `A function at ${placeOf(frame)}`
    : frame.functionName;
}

function callerDetail({ frame }: AppFunction): TextDetail {
  return { kind: 'text', text: `Reached through ${frame.functionName} (${placeOf(frame)}).` };
}

function placeOf({ file, line }: CodeFrame): string {
  return `${shortPath(file)}:${line}`;
}

/** Each reply a request awaits lies ready for the loop's mean delay before the app sees it. */
function gainOn(route: MeasuredRoute, busyShare: number, delayMs: number): RouteGain {
  const { compute, outside, database, pool, http, socket } = route.timeByTier;
  const repliesLate = Math.min(delayMs * route.awaitsPerRequest, database + pool + http + socket);
  const lowMs = busyShare * compute;
  const midMs = busyShare * (compute + outside);
  const highMs = midMs + busyShare * repliesLate;
  const gainMs = { low: lowMs, mid: midMs, high: highMs };
  return boundedGain(route.route, route.times?.meanMs ?? 0, highMs, gainMs);
}
