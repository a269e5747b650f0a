import { median } from '@amdahl/metrics';
import { boundedGain, heldShare } from '../../predict/amdahl.ts';
import { measuredRoutes } from '../../predict/time-budget.ts';
import { counted, formatCount, formatShare } from '../../wording.ts';
import { defineAudit, NotMeasured, type Audit } from '../audit.ts';
import { findingId } from '../finding-id.ts';

/**
 * A loop this busy answers no more requests, it only lets them wait longer. Clinic Doctor takes
 * 95 % for saturated (`@clinic/doctor`, analysis); 80 % of a processor is where operators are
 * usually alerted, and where queueing begins to dominate: at 0.9 a request waits nine times its own
 * service time (M/M/1).
 */
const saturatedUtilization = 0.9;

export const saturation: Audit = defineAudit({
  id: 'saturation',
  step: 'scale',
  title: 'Saturated event loop',
  description:
    'The event loop of every process is busy nearly all the time, so requests queue for it: more ' +
    'load brings no more throughput, only longer waits.',
  needs: ['agent', 'target', 'load'],
  audit: ({ agent, target, load }) => {
    const serving = agent.processes.filter((process) => process.routes.length > 0);
    const sampled = serving.filter((process) => process.runtime.length > 0);
    if (sampled.length === 0) throw new NotMeasured('no process that serves requests was sampled');
    const utilizations = sampled.map((process) =>
      median(process.runtime.map((sample) => sample.loopUtilization)),
    );
    if (Math.min(...utilizations) < saturatedUtilization) return [];
    const processes = sampled.length;
    const { cpuCount } = target.machine;
    const room = Math.max(2, Math.floor(cpuCount / processes));
    const gains = measuredRoutes(agent, load)
      .filter((route) => route.times !== null && route.timeByTier.outside > 0)
      .map((route) => {
        const waitMs = route.timeByTier.outside;
        const gainMs = { low: 0, mid: waitMs * (1 - 1 / room), high: waitMs };
        return boundedGain(route.route, route.times?.meanMs ?? 0, waitMs, gainMs);
      });
    const rate = (load.result.counts.succeeded / load.result.measuredMs) * 1_000;
    return [
      {
        id: findingId('saturation'),
        audit: 'saturation',
        step: 'scale',
        title: `The event loop is ${formatShare(median(utilizations))} busy: ${counted(processes, 'process', 'processes')} can serve no more than ${formatCount(rate)} requests a second`,
        where: null,
        routes: gains.map((gain) => ({ route: gain.route, share: heldShare(gain) })),
        evidence: [
          { kind: 'number', label: 'Event loop busy', value: median(utilizations), unit: 'share' },
          { kind: 'number', label: 'Processes serving', value: processes, unit: 'count' },
          { kind: 'number', label: 'Processors', value: cpuCount, unit: 'count' },
          {
            kind: 'series',
            title: 'Busy share of the event loop',
            unit: 'share',
            lines: sampled.map((process) => ({
              label: `process ${process.process.pid}`,
              points: process.runtime.map((sample) => [
                sample.atEpochMs - (process.runtime[0]?.atEpochMs ?? 0),
                sample.loopUtilization,
              ]),
            })),
          },
        ],
        remedy: {
          title:
            processes < cpuCount
              ? 'Compute less, then use the other processors'
              : 'Compute less, then add servers',
          risk: 'high',
          actions: [
            'First take the findings that cut computing: a process that does less needs no company.',
            processes < cpuCount
              ? `Then run one process per processor (${cpuCount} here), with a balancer or node:cluster in front.`
              : 'Then run it on more servers behind a balancer.',
            'Move what one process keeps for itself, sessions and caches, to where all can reach it.',
          ],
          change: null,
          rollback: 'Run one process again.',
        },
        prediction: {
          method: 'amdahl',
          explanation:
            `What requests waited before the app saw them, shared among ${room} times as many ` +
            `processes.`,
          assumes: 'a machine and a database with room for more processes',
          gains,
        },
      },
    ];
  },
});
