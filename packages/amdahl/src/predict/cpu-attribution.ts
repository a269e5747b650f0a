/**
 * Whose code the CPU time belongs to. A sample's own time goes to the nearest frame of the app's
 * code on its stack: what a function calls in libraries, in Node or in the engine is its doing. Its
 * total time goes to every function of the app on the stack.
 *
 * Samples with a function on the stack one after the other are a block: the event loop did nothing
 * else in between.
 */
import { fileURLToPath } from 'node:url';
import { median } from '@amdahl/metrics';
import type { CodeFrame, CpuProfile, CpuProfileNode } from '@amdahl/agent/protocol';

export interface AppFunction {
  readonly frame: CodeFrame;
  /** Shares of all computing, 0..1. */
  readonly ownShare: number;
  readonly totalShare: number;
  /** Half of the function's total time lies in blocks at least this long. */
  readonly medianBlockMs: number;
  readonly longestBlockMs: number;
  /** What runs on top of the stack under it, most first, with its share of the total time. */
  readonly tops: readonly { readonly name: string; readonly share: number }[];
  /** Share of this function's total time that is spent under the other one, called from it. */
  passesOn(other: AppFunction): number;
}

export interface CpuAttribution {
  readonly busyMs: number;
  readonly durationMs: number;
  /** Largest total first. */
  readonly functions: readonly AppFunction[];
}

/** Frames that are no function: V8 names them in parentheses. */
const idle = '(idle)';
const passing: ReadonlySet<string> = new Set(['(program)', '(garbage collector)']);

/**
 * A sample stands for the time until the next one, but for no more than this many usual intervals:
 * after a longer gap the machine ran something else, not this process.
 */
const mostIntervals = 3;

/** Whether a frame lies in the app's own code: a file, in no package, and not the agent. */
export function isAppCode(url: string): boolean {
  if (!url.startsWith('file://') && !url.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(url)) {
    return false;
  }
  return !url.includes('/node_modules/') && !/\/packages\/agent\/(src|dist)\//.test(url);
}

/** What each sample stands for, microseconds, in the order of the samples. */
export function sampleTimesUs({ samples, timeDeltas }: CpuProfile): readonly number[] {
  const untilNext = samples.map((_, index) => Math.max(0, timeDeltas[index + 1] ?? 0));
  const intervals = untilNext.filter((us) => us > 0);
  const most = intervals.length === 0 ? 0 : median(intervals) * mostIntervals;
  return untilNext.map((us) => Math.min(us, most));
}

export function attributeCpu(profile: CpuProfile): CpuAttribution {
  const tallies = new Tallies();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const appFramesOf = appFrameFinder(profile.nodes);
  const timesUs = sampleTimesUs(profile);
  for (const [index, id] of profile.samples.entries()) {
    const node = nodes.get(id);
    if (node === undefined) continue;
    const top = node.callFrame.functionName || '(anonymous)';
    const us = timesUs[index] ?? 0;
    if (top === idle) tallies.idle();
    else if (passing.has(top)) tallies.pass(us);
    else tallies.add(appFramesOf(node), top, us);
  }
  return {
    busyMs: tallies.busyUs / 1_000,
    durationMs: Math.max(0, profile.endTime - profile.startTime) / 1_000,
    functions: tallies.functions(),
  };
}

interface Tally {
  readonly frame: CodeFrame;
  ownUs: number;
  totalUs: number;
  readonly blocksUs: number[];
  /** The block it is in; 0 when it is in none. */
  blockUs: number;
  readonly topsUs: Map<string, number>;
  readonly belowUs: Map<Tally, number>;
}

class Tallies {
  busyUs: number = 0;
  readonly #byPlace = new Map<string, Tally>();
  #running: readonly Tally[] = [];

  /** The loop had nothing to do: every block is over. */
  idle(): void {
    this.#continueWith([]);
  }

  /** Collecting garbage and the engine's own work belong to whatever runs around them. */
  pass(us: number): void {
    this.busyUs += us;
    for (const tally of this.#running) {
      tally.totalUs += us;
      tally.blockUs += us;
    }
  }

  /** A sample with these functions of the app on its stack, the nearest first. */
  add(frames: readonly CpuProfileNode[], top: string, us: number): void {
    this.busyUs += us;
    const stack = [...new Set(frames.map((frame) => this.#tallyOf(frame)))];
    this.#continueWith(stack);
    for (const [depth, tally] of stack.entries()) {
      if (depth === 0) tally.ownUs += us;
      tally.totalUs += us;
      tally.blockUs += us;
      tally.topsUs.set(top, (tally.topsUs.get(top) ?? 0) + us);
      for (const below of stack.slice(0, depth)) {
        tally.belowUs.set(below, (tally.belowUs.get(below) ?? 0) + us);
      }
    }
  }

  functions(): readonly AppFunction[] {
    this.#continueWith([]);
    const tallies = [...this.#byPlace.values()].sort((a, b) => b.totalUs - a.totalUs);
    const functions = new Map<AppFunction, Tally>();
    for (const tally of tallies) {
      const lengths = tally.blocksUs.toSorted((a, b) => b - a);
      let covered = 0;
      const half = lengths.find((length) => (covered += length) >= tally.totalUs / 2) ?? 0;
      const shareOf = (us: number, whole: number): number => (whole === 0 ? 0 : us / whole);
      functions.set(
        {
          frame: tally.frame,
          ownShare: shareOf(tally.ownUs, this.busyUs),
          totalShare: shareOf(tally.totalUs, this.busyUs),
          medianBlockMs: half / 1_000,
          longestBlockMs: (lengths[0] ?? 0) / 1_000,
          tops: [...tally.topsUs]
            .map(([name, us]) => ({ name, share: shareOf(us, tally.totalUs) }))
            .sort((a, b) => b.share - a.share),
          passesOn: (other) => {
            const below = functions.get(other);
            const us = below === undefined ? 0 : (tally.belowUs.get(below) ?? 0);
            return shareOf(us, tally.totalUs);
          },
        },
        tally,
      );
    }
    return [...functions.keys()];
  }

  /** Blocks of functions that left the stack are over. */
  #continueWith(stack: readonly Tally[]): void {
    for (const tally of this.#running) {
      if (stack.includes(tally)) continue;
      tally.blocksUs.push(tally.blockUs);
      tally.blockUs = 0;
    }
    this.#running = stack;
  }

  #tallyOf(node: CpuProfileNode): Tally {
    const { url, lineNumber, columnNumber } = node.callFrame;
    const place = `${url}:${lineNumber}:${columnNumber}`;
    let tally = this.#byPlace.get(place);
    if (tally === undefined) {
      tally = {
        frame: frameOf(node),
        ownUs: 0,
        totalUs: 0,
        blocksUs: [],
        blockUs: 0,
        topsUs: new Map(),
        belowUs: new Map(),
      };
      this.#byPlace.set(place, tally);
    }
    return tally;
  }
}

/** The app's frames of a node's stack, the nearest first; looked up once a node. */
function appFrameFinder(
  nodes: readonly CpuProfileNode[],
): (node: CpuProfileNode) => readonly CpuProfileNode[] {
  const parents = new Map<number, CpuProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  const known = new Map<number, readonly CpuProfileNode[]>();
  return (node) => {
    let frames = known.get(node.id);
    if (frames === undefined) {
      const found: CpuProfileNode[] = [];
      for (let at: CpuProfileNode | undefined = node; at !== undefined; at = parents.get(at.id)) {
        if (isAppCode(at.callFrame.url)) found.push(at);
      }
      frames = found;
      known.set(node.id, frames);
    }
    return frames;
  };
}

function frameOf({ callFrame }: CpuProfileNode): CodeFrame {
  const { url } = callFrame;
  return {
    file: url.startsWith('file://') ? fileURLToPath(url) : url,
    line: callFrame.lineNumber + 1,
    column: callFrame.columnNumber + 1,
    functionName: callFrame.functionName || '(anonymous)',
  };
}
