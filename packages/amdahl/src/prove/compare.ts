import { mannWhitney } from '@amdahl/metrics';
import { answerFor } from './answer.ts';
import { adjustForMany, comparePairs, leastRounds, type Pair } from './paired.ts';
import type {
  Comparison,
  ErrorComparison,
  Measure,
  PairedFigure,
  Slice,
  SliceFigures,
} from './proof.ts';

/** What a comparison depends on besides the slices. */
export interface ComparisonSettings {
  /** Distance of the ratio from 1 that still counts as the same, 0..1. */
  readonly margin: number;
  readonly seed: number;
  /** The route asked about beforehand: it stands alone and needs no adjustment for many routes. */
  readonly focus: string | null;
}

export interface Comparisons {
  /** Rounds that have both slices, neither of them void. */
  readonly usableRounds: number;
  readonly overall: Comparison;
  /** By route, busiest first. */
  readonly routes: readonly Comparison[];
}

/**
 * A route is answered by its median response time, which one stray request cannot move. The whole
 * load is answered by its mean: a median over a mixture of routes jumps from one route to another,
 * while means add up to what all users together waited.
 */
const routeMeasure: Measure = 'p50Ms';
const overallMeasure: Measure = 'meanMs';

/**
 * Share of requests, 0..1, by which B must fail more often before its times are distrusted: a tenth
 * of the 1 % error rate services commonly allow themselves.
 */
const errorShareTolerance = 0.001;

/** Chance, 0..1, of seeing errors part so far by luck, below which the parting counts. */
const errorSignificance = 0.05;

/** Compares A and B over all rounds that can be believed. Pure and deterministic. */
export function compareSlices(slices: readonly Slice[], settings: ComparisonSettings): Comparisons {
  const rounds = usableRounds(slices);
  const overall = measureScope(rounds, null, (slice) => slice.total, settings.seed);
  const names = new Set(
    rounds.flatMap(({ a, b }) => [...Object.keys(a.routes), ...Object.keys(b.routes)]),
  );
  const routes = [...names].map((name) =>
    measureScope(rounds, name, (slice) => slice.routes[name], settings.seed),
  );
  const adjusted = adjustForMany(
    routes.map((scope) => (scope.route === settings.focus ? null : decisive(scope).pValue)),
  );
  return {
    usableRounds: rounds.length,
    overall: answered(overall, decisive(overall).pValue, settings.margin),
    routes: routes
      .map((scope, index) =>
        answered(scope, adjusted[index] ?? decisive(scope).pValue, settings.margin),
      )
      .sort((one, two) => two.requests.a + two.requests.b - one.requests.a - one.requests.b),
  };
}

/** A round both of whose slices can be believed. */
interface Round {
  readonly a: Slice;
  readonly b: Slice;
}

function usableRounds(slices: readonly Slice[]): readonly Round[] {
  const believable = slices.filter((slice) => slice.verdict.kind !== 'void');
  return believable
    .filter((slice) => slice.side === 'a')
    .flatMap((a) => {
      const b = believable.find((slice) => slice.side === 'b' && slice.round === a.round);
      return b === undefined ? [] : [{ a, b }];
    });
}

/** A comparison before it is answered. */
type Measured = Omit<Comparison, 'answer' | 'reason'>;

function measureScope(
  rounds: readonly Round[],
  route: string | null,
  figuresOf: (slice: Slice) => SliceFigures | undefined,
  seed: number,
): Measured {
  const served = rounds.flatMap((round) => {
    const [a, b] = [figuresOf(round.a), figuresOf(round.b)];
    return a === undefined || b === undefined || a.count === 0 || b.count === 0
      ? []
      : [{ round, a, b }];
  });
  const compare = (pick: (figures: SliceFigures) => number): PairedFigure =>
    comparePairs(
      served.map(({ a, b }) => ({ a: pick(a), b: pick(b) })),
      seed,
    );
  const cpu = served.flatMap(({ round: { a, b } }): Pair[] =>
    a.cpuPerRequestUs === null || b.cpuPerRequestUs === null
      ? []
      : [{ a: a.cpuPerRequestUs, b: b.cpuPerRequestUs }],
  );
  return {
    route,
    decidedBy: route === null ? overallMeasure : routeMeasure,
    rounds: served.length,
    requests: {
      a: served.reduce((sum, { a }) => sum + a.count, 0),
      b: served.reduce((sum, { b }) => sum + b.count, 0),
    },
    response: {
      meanMs: compare((figures) => figures.meanMs),
      p50Ms: compare((figures) => figures.p50Ms),
      p95Ms: compare((figures) => figures.p95Ms),
    },
    ratePerSecond: compare((figures) => figures.ratePerSecond),
    cpuPerRequestUs: route === null && cpu.length > 0 ? comparePairs(cpu, seed) : null,
    errors: compareErrors(served),
  };
}

function compareErrors(
  served: readonly { readonly a: SliceFigures; readonly b: SliceFigures }[],
): ErrorComparison {
  const shareOf = (side: readonly SliceFigures[]): number =>
    side.reduce((sum, figures) => sum + figures.failed, 0) /
    Math.max(
      1,
      side.reduce((sum, figures) => sum + figures.count, 0),
    );
  const as = served.map(({ a }) => a);
  const bs = served.map(({ b }) => b);
  const aShare = shareOf(as);
  const bShare = shareOf(bs);
  const failedShare = (figures: SliceFigures): number => figures.failed / figures.count;
  const unlikely =
    served.length < leastRounds ||
    mannWhitney(as.map(failedShare), bs.map(failedShare)).pValue <= errorSignificance;
  return { aShare, bShare, failsMore: bShare - aShare > errorShareTolerance && unlikely };
}

function decisive(scope: Measured): PairedFigure {
  return scope.response[scope.decidedBy];
}

function answered(scope: Measured, pValue: number | null, margin: number): Comparison {
  const { rounds, errors } = scope;
  return { ...scope, ...answerFor({ figure: decisive(scope), pValue, rounds, errors, margin }) };
}
