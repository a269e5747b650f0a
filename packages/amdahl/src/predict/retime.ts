/**
 * What a request would have taken had some of its work been shorter, gone, or overlapped.
 *
 * The spans of a request lie flat, without parents. What a span waited for is taken from time
 * alone: it started after every span that had ended before, so it may depend on all of them. That
 * is the cautious reading: a dependence assumed where there is none only makes the predicted gain
 * smaller. The pause between a span's start and the last end before it is the app's own work and is
 * kept. Spans are then laid out again in order of their start. The reply is treated like one more
 * span: it waits for all that had ended before it, and not for work left running behind it.
 *
 * Removing a span that ran beside a longer one therefore buys nothing, and removing the longer one
 * buys only the difference: the drag along the critical path. The method is the "retimer" of CRISP
 * (Zhang et al., "CRISP: Critical Path Analysis of Large-Scale Microservice Architectures", USENIX
 * ATC 2022) for one flat level.
 */
import type { Span } from '@amdahl/agent/protocol';

/** A request's time and the waits within it. */
export interface Timeline {
  readonly durationUs: number;
  readonly spans: readonly Span[];
}

export interface Change {
  /** A span's duration after the change, microseconds. @default as it was */
  readonly durationUs?: (span: Span) => number;
  /**
   * Whether `later`, which started after `earlier` had ended, need not wait for it. It still starts
   * no sooner than `earlier` does. @default false
   */
  readonly independent?: (earlier: Span, later: Span) => boolean;
}

export function endUs(span: Span): number {
  return span.startUs + span.durationUs;
}

/** Duration of the whole request after the change, microseconds. */
export function retime(timeline: Timeline, change: Change): number {
  const { durationUs = (span: Span): number => span.durationUs, independent } = change;
  const spans = timeline.spans.toSorted((a, b) => a.startUs - b.startUs || a.id - b.id);
  const newStarts: number[] = [];
  const newEnds: number[] = [];

  /** When something that started at `startUs`, after the first `count` spans, starts now. */
  const newStart = (
    startUs: number,
    count: number,
    waitsFor: (earlier: Span) => boolean,
  ): number => {
    let waitedUntil = 0;
    let freeAt = 0;
    for (let index = 0; index < count; index += 1) {
      const earlier = spans[index] as Span;
      if (endUs(earlier) > startUs) continue;
      waitedUntil = Math.max(waitedUntil, endUs(earlier));
      const held = waitsFor(earlier) ? newEnds : newStarts;
      freeAt = Math.max(freeAt, held[index] as number);
    }
    return freeAt + startUs - waitedUntil;
  };

  for (const [index, span] of spans.entries()) {
    const waitsFor = (earlier: Span): boolean => independent?.(earlier, span) !== true;
    const startUs = newStart(span.startUs, index, waitsFor);
    newStarts.push(startUs);
    newEnds.push(startUs + durationUs(span));
  }
  return newStart(timeline.durationUs, spans.length, () => true);
}

/** What the request would save if these spans took no time: their drag, microseconds. */
export function dragUs(timeline: Timeline, removed: (span: Span) => boolean): number {
  const after = retime(timeline, {
    durationUs: (span) => (removed(span) ? 0 : span.durationUs),
  });
  return Math.max(0, timeline.durationUs - after);
}
