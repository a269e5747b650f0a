/** A CPU profile as the tree a flame graph draws: time summed by stack, slivers left out. */
import type { CpuProfile, CpuProfileNode } from '@amdahl/agent/protocol';
import { isAppCode, sampleTimesUs } from '../../../predict/cpu-attribution.ts';

export interface FlameFrame {
  readonly name: string;
  /** `src/orders.ts:42`; empty for the engine. */
  readonly place: string;
  readonly kind: 'app' | 'library' | 'node' | 'engine';
  readonly us: number;
  /** Longest first. */
  readonly children: readonly FlameFrame[];
}

/** A frame narrower than this share of the whole is no wider than a hair on any screen. */
const leastShare = 0.0005;

const left: ReadonlySet<string> = new Set(['(idle)', '(root)']);

/** The time the process computed; waiting is no flame. */
export function flameTree(profile: CpuProfile, placeOf: (file: string) => string): FlameFrame {
  const selfUs = new Map<number, number>();
  const timesUs = sampleTimesUs(profile);
  for (const [index, id] of profile.samples.entries()) {
    selfUs.set(id, (selfUs.get(id) ?? 0) + (timesUs[index] ?? 0));
  }
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const grow = (ids: readonly number[]): readonly FlameFrame[] => {
    const found = ids.flatMap((id) => nodes.get(id) ?? []);
    const same = Map.groupBy(found, (node) => keyOf(node));
    return [...same.values()]
      .flatMap((group) => {
        const [first] = group as [CpuProfileNode];
        if (left.has(first.callFrame.functionName)) return [];
        const children = grow(group.flatMap((node) => node.children ?? []));
        const us =
          group.reduce((sum, node) => sum + (selfUs.get(node.id) ?? 0), 0) + sumUs(children);
        return us === 0 ? [] : [{ ...describe(first, placeOf), us, children }];
      })
      .sort((a, b) => b.us - a.us || (a.name < b.name ? -1 : 1));
  };
  const [root] = profile.nodes;
  const children = grow(root?.children ?? []);
  const us = sumUs(children);
  return {
    name: 'all',
    place: '',
    kind: 'engine',
    us,
    children: children.flatMap((child) => pruned(child, us)),
  };
}

function pruned(frame: FlameFrame, totalUs: number): readonly FlameFrame[] {
  if (frame.us < totalUs * leastShare) return [];
  return [{ ...frame, children: frame.children.flatMap((child) => pruned(child, totalUs)) }];
}

function describe(
  { callFrame }: CpuProfileNode,
  placeOf: (file: string) => string,
): Pick<FlameFrame, 'name' | 'place' | 'kind'> {
  const { url, functionName, lineNumber } = callFrame;
  const name = functionName || '(anonymous)';
  if (url === '') return { name, place: '', kind: 'engine' };
  const kind = url.startsWith('node:') ? 'node' : isAppCode(url) ? 'app' : 'library';
  return { name, place: `${placeOf(url)}:${lineNumber + 1}`, kind };
}

function keyOf({ callFrame }: CpuProfileNode): string {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  return `${functionName}\0${url}\0${lineNumber}\0${columnNumber}`;
}

function sumUs(frames: readonly FlameFrame[]): number {
  return frames.reduce((sum, frame) => sum + frame.us, 0);
}
