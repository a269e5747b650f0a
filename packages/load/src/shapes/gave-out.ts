import type { ServiceSample } from '../observe/service-watch.ts';
import type { LoadResult } from '../result.ts';

/** Above these shares there is hardly any CPU time left to wait for. */
const fullCoreShare = 0.9;
const fullMachineShare = 0.95;
/** Share of the failures that makes one kind of them the reason. */
const mostFailuresShare = 0.5;

/** What gave out first when the service could not bear a rate. */
export interface GaveOut {
  readonly resource:
    | 'generator'
    | 'connections'
    | 'replies'
    | 'process-cpu'
    | 'machine-cpu'
    | 'waiting'
    | 'unknown';
  /** A sentence with the figures. */
  readonly evidence: string;
}

/** What gave out, from a probe that missed its objectives and what the service's processes did meanwhile. */
export function gaveOut(result: LoadResult, samples: readonly ServiceSample[]): GaveOut {
  const failures = failuresOf(result);
  if (failures !== undefined) return failures;
  if (samples.length === 0) {
    return {
      resource: 'unknown',
      evidence:
        'The processes of the service could not be watched: they run on another machine, or may not be looked into.',
    };
  }
  const process = peak(samples, ({ busiestCpuShare }) => busiestCpuShare);
  const machine = peak(samples, ({ machineCpuShare }) => machineCpuShare);
  if (process >= fullCoreShare) {
    return {
      resource: 'process-cpu',
      evidence: `The busiest process of the service used ${percent(process)} of a core.`,
    };
  }
  if (machine >= fullMachineShare) {
    return {
      resource: 'machine-cpu',
      evidence: `All cores of this machine together were ${percent(machine)} busy, the load generator's part included.`,
    };
  }
  return {
    resource: 'waiting',
    evidence: `The busiest process of the service used only ${percent(process)} of a core: it waits for something, such as a pool, a lock or a service behind it.`,
  };
}

function failuresOf({ counts, requests }: LoadResult): GaveOut | undefined {
  const kinds = new Map<string, number>();
  for (const { errors, statuses } of requests) {
    for (const [kind, count] of Object.entries(errors)) add(kinds, kind, count);
    for (const [status, count] of Object.entries(statuses)) {
      if (Number(status) >= 400) add(kinds, `status ${status}`, count);
    }
  }
  const [first] = [...kinds].sort((a, b) => b[1] - a[1]);
  const share = counts.failed / Math.max(1, counts.succeeded + counts.failed);
  if (first === undefined || share < 0.01 || first[1] < counts.failed * mostFailuresShare) {
    return undefined;
  }
  const [kind, count] = first;
  const evidence = `${count} of ${counts.succeeded + counts.failed} requests failed with ${kind}.`;
  if (kind === 'connect' || kind === 'reset') return { resource: 'connections', evidence };
  // A time-out says that something took too long, not what.
  return kind === 'timeout' ? undefined : { resource: 'replies', evidence };
}

/** The figure's median over the busier half of the samples, so that the idle ends do not count. */
function peak(
  samples: readonly ServiceSample[],
  figure: (sample: ServiceSample) => number,
): number {
  const sorted = samples.map(figure).sort((a, b) => b - a);
  return sorted[Math.floor(sorted.length / 4)] ?? 0;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
