import type { Span } from '@amdahl/agent/protocol';
import { endUs, type Timeline } from './retime.ts';

/**
 * The spans that held the reply up, in order of time: going back from the end, always the one that
 * finished last before. Only they are worth shortening; what ran beside them is off the path.
 *
 * Last-finishing-child recursion as in CRISP (USENIX ATC 2022) and Jaeger's critical path view, for
 * one flat level. Work still running when the reply ended is not on it.
 */
export function criticalPath(timeline: Timeline): readonly Span[] {
  const path: Span[] = [];
  const byEnd = timeline.spans.toSorted((a, b) => endUs(b) - endUs(a) || a.startUs - b.startUs);
  let cursorUs = timeline.durationUs;
  for (const span of byEnd) {
    if (endUs(span) > cursorUs) continue;
    path.push(span);
    cursorUs = span.startUs;
  }
  return path.toReversed();
}
