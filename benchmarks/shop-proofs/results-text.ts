import type { SwitchName } from 'shop/src/switches';
import type { Surroundings } from '../database/surroundings.ts';

interface Interval {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

interface PairedFigure {
  readonly a: number;
  readonly b: number;
  readonly difference: Interval | null;
  readonly ratio: Interval | null;
  readonly pValue: number | null;
}

interface Comparison {
  readonly route: string | null;
  readonly answer: string;
  readonly response: Readonly<Record<'meanMs' | 'p50Ms' | 'p95Ms', PairedFigure>>;
  readonly errors: { readonly aShare: number; readonly bShare: number };
}

/** What is read of `amdahl prove --json`. */
export interface ProofJson {
  readonly focus: string | null;
  readonly usableRounds: number;
  readonly overall: Comparison;
  readonly routes: readonly Comparison[];
  readonly prediction: {
    readonly gains: readonly { readonly route: string | null; readonly gainMs: Interval }[];
  } | null;
}

export interface ProvenSin {
  readonly sin: SwitchName;
  /** Null when the run did not find it. */
  readonly finding: string | null;
  /** What was asked: one route's answer, or the whole load's (`route` null). */
  readonly headline: Comparison | null;
  readonly usableRounds: number;
  /** Mean milliseconds saved per request there; null when nothing was predicted for it. */
  readonly predictedMs: Interval | null;
}

/** Keeps of a proof what answers the question. */
export function provenSin(
  sin: SwitchName,
  finding: string | null,
  proof: ProofJson | null,
): ProvenSin {
  const headline =
    proof === null
      ? null
      : (proof.routes.find(({ route }) => route === proof.focus) ?? proof.overall);
  const gain = proof?.prediction?.gains.find(({ route }) => route === headline?.route);
  return {
    sin,
    finding,
    headline,
    usableRounds: proof?.usableRounds ?? 0,
    predictedMs: gain?.gainMs ?? null,
  };
}

/** The results as a page. */
export function resultsText(
  where: Surroundings,
  scale: number,
  proven: readonly ProvenSin[],
): string {
  return `# Shop proofs: results

${where.date}. ${where.machine}. Node ${where.node}. Load of the machine before: ${where.loadBefore.toFixed(1)}. The shop at scale ${scale}; the embedded PostgreSQL.

Before, after and saved are mean milliseconds of the route's requests: medians over slices, and the 95 % interval of the difference over rounds. p is that of the means. The answer is that of \`amdahl prove\`, which goes by the median of a route and by the mean of the whole load.

| Sin | Route | Before | After | Predicted to save | Saved | p | Answer |
|---|---|---:|---:|---:|---:|---:|---|
${proven.map(rowOf).join('\n')}

${proven.map(({ sin, finding }) => `- \`${sin}\`: ${finding ?? 'not found by the run'}`).join('\n')}
`;
}

function rowOf({ sin, headline, predictedMs }: ProvenSin): string {
  if (headline === null) return `| \`${sin}\` | | | | | | | not measured |`;
  const { meanMs } = headline.response;
  const saved =
    meanMs.difference === null
      ? null
      : { low: -meanMs.difference.high, mid: -meanMs.difference.mid, high: -meanMs.difference.low };
  const cells = [
    `\`${sin}\``,
    headline.route ?? 'all',
    milliseconds(meanMs.a),
    milliseconds(meanMs.b),
    intervalText(predictedMs),
    intervalText(saved),
    meanMs.pValue?.toFixed(3) ?? '–',
    headline.answer,
  ];
  return `| ${cells.join(' | ')} |`;
}

function intervalText(interval: Interval | null): string {
  if (interval === null) return '–';
  const [low, mid, high] = [interval.low, interval.mid, interval.high].map(milliseconds);
  return `${mid} (${low} to ${high})`;
}

function milliseconds(ms: number): string {
  return ms.toPrecision(Math.max(2, Math.min(4, Math.ceil(Math.log10(Math.abs(ms) + 1)))));
}
