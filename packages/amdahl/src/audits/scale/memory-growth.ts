import type { AgentSnapshot, RuntimeSample } from '@amdahl/agent/protocol';
import { formatMs, linearTrend } from '@amdahl/metrics';
import { formatBytes } from '../../wording.ts';
import { defineAudit, NotMeasured, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';

/** memwatch calls it a leak when the heap grew over five collections in a row (memwatch, issue 7). */
const fewestCollections = 5;

/**
 * Without that many collections memory as a whole has to be judged, and that takes minutes: it
 * holds garbage not collected yet, and a heap takes a while to find its size under load.
 */
const fewestSeconds = 120;

/** Growth over the window below either is not told from a heap settling. */
const leastGrowthShare = 0.1;
const leastGrowthBytes = 5_000_000;

/** Share of the window given to settling when memory as a whole is judged. */
const settlingShare = 0.4;

export const memoryGrowth: Audit = defineAudit({
  id: 'memory-growth',
  step: 'scale',
  title: 'Memory that only grows',
  description:
    'Memory in use after each collection rises through the whole window: something is kept for ' +
    'ever. Collections take longer and longer, until the process runs out of memory.',
  needs: ['agent', 'target'],
  audit: ({ agent, target }) => {
    const judged = agent.processes.filter(
      ({ runtime }) =>
        collectionsIn(runtime).length >= fewestCollections || runtime.length >= fewestSeconds,
    );
    if (judged.length === 0) {
      const seconds = Math.max(0, ...agent.processes.map(({ runtime }) => runtime.length));
      const collections = Math.max(
        0,
        ...agent.processes.map(({ runtime }) => collectionsIn(runtime).length),
      );
      throw new NotMeasured(
        `a leak shows over ${fewestCollections} full garbage collections or ${fewestSeconds} seconds; ` +
          `there were ${collections} in ${seconds} seconds: give --duration more`,
      );
    }
    return judged.flatMap((process) => judge(process, target.machine.memoryBytes));
  },
});

interface Growth {
  readonly of: 'heap' | 'memory';
  readonly bytesPerSecond: { readonly low: number; readonly mid: number; readonly high: number };
  readonly lastBytes: number;
}

function judge(process: AgentSnapshot, machineBytes: number): readonly Finding[] {
  const growth = heapGrowth(process.runtime) ?? residentGrowth(process.runtime);
  return growth === null ? [] : [toFinding(process, growth, machineBytes)];
}

/** Samples at which a full collection had just ended. */
function collectionsIn(samples: readonly RuntimeSample[]): readonly RuntimeSample[] {
  return samples.filter(
    (sample, index) =>
      sample.heapAfterGcBytes > 0 &&
      sample.heapAfterGcBytes !== samples[index - 1]?.heapAfterGcBytes,
  );
}

/** By the heap right after each full collection: what is left then is held by something. */
function heapGrowth(samples: readonly RuntimeSample[]): Growth | null {
  const collections = collectionsIn(samples);
  if (collections.length < fewestCollections) return null;
  return growthOf('heap', collections, (sample) => sample.heapAfterGcBytes);
}

/** By resident memory, which also holds buffers outside the heap, once it had time to settle. */
function residentGrowth(samples: readonly RuntimeSample[]): Growth | null {
  if (samples.length < fewestSeconds) return null;
  const settled = samples.slice(Math.floor(samples.length * settlingShare));
  return growthOf('memory', settled, (sample) => sample.rssBytes);
}

function growthOf(
  of: Growth['of'],
  samples: readonly RuntimeSample[],
  figure: (sample: RuntimeSample) => number,
): Growth | null {
  const startMs = samples[0]?.atEpochMs ?? 0;
  const points = samples.map((sample) => ({
    x: (sample.atEpochMs - startMs) / 1_000,
    y: figure(sample),
  }));
  const { slope, intercept } = linearTrend(points);
  const grownBytes = slope.low * (points.at(-1)?.x ?? 0);
  const grows = grownBytes >= Math.max(leastGrowthBytes, intercept * leastGrowthShare);
  return grows ? { of, bytesPerSecond: slope, lastBytes: points.at(-1)?.y ?? 0 } : null;
}

function toFinding(process: AgentSnapshot, growth: Growth, machineBytes: number): Finding {
  const { runtime } = process;
  const startMs = runtime[0]?.atEpochMs ?? 0;
  const requests = process.routes.reduce((sum, route) => sum + route.count, 0);
  const perSecond = growth.bytesPerSecond.mid;
  const perRequest = requests === 0 ? 0 : (perSecond * process.windowMs) / 1_000 / requests;
  const exhaustedMs = (Math.max(0, machineBytes - growth.lastBytes) / perSecond) * 1_000;
  const line = (label: string, figure: (sample: RuntimeSample) => number) => ({
    label,
    points: runtime.map((sample) => [sample.atEpochMs - startMs, figure(sample)] as const),
  });
  return {
    id: findingId('memory-growth'),
    audit: 'memory-growth',
    step: 'scale',
    title: `The ${growth.of === 'heap' ? 'heap' : 'process'} grows by ${formatBytes(perSecond)} a second and never shrinks`,
    where: null,
    routes: [],
    evidence: [
      { kind: 'number', label: 'Growth each second', value: perSecond, unit: 'bytes' },
      { kind: 'number', label: 'Kept for each request', value: perRequest, unit: 'bytes' },
      {
        kind: 'text',
        text: `At this load the machine's ${formatBytes(machineBytes)} are full in ${formatMs(exhaustedMs)}; V8 gives up at the heap's limit, long before.`,
      },
      {
        kind: 'series',
        title: 'Memory',
        unit: 'bytes',
        lines: [
          line('resident', (sample) => sample.rssBytes),
          line('heap', (sample) => sample.heapUsedBytes),
          line('heap after collection', (sample) => sample.heapAfterGcBytes),
        ],
      },
    ],
    remedy: {
      title: 'Find what is kept and bound it',
      risk: 'medium',
      actions: [
        'Look for maps, arrays and listeners at module level that requests add to and nothing removes from.',
        'Give each a largest size, and drop the oldest beyond it.',
        'Take two heap snapshots a minute apart under load (node --heapsnapshot-signal=SIGUSR2) and compare them by retained size.',
      ],
      change: null,
      rollback: 'Restore the collection without a bound.',
    },
    prediction: {
      method: 'theil-sen',
      explanation:
        'The median of the slopes between all pairs of seconds, with 95 % confidence above zero. It ' +
        'says when memory ends; response time suffers only then, so no gain is predicted.',
      gains: [],
    },
  };
}
