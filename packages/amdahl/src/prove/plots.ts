/** The two pictures of a proof: where each ratio lies, and every slice that was measured. */
import { formatMs } from '@amdahl/metrics';
import { html, type Markup } from '../report/html/markup.ts';
import { shortened } from '../wording.ts';
import { change, scopeName } from './describe-proof.ts';
import type { Comparison, Measure, Proof, Slice } from './proof.ts';

const width = 640;
const labelWidth = 200;
const rowHeight = 26;
const longestLabel = 30;

/**
 * One row per scope: the interval of B/A on a logarithmic axis, so that half and double lie equally
 * far from 1, with the margin that counts as the same shaded. Null when there is no interval.
 */
export function intervalPlot(proof: Proof): Markup | null {
  const rows = [proof.overall, ...proof.routes].flatMap((comparison) => {
    const { ratio } = comparison.response[comparison.decidedBy];
    return ratio === null || ratio.low <= 0 ? [] : [{ comparison, ratio }];
  });
  if (rows.length === 0) return null;
  const edge = Math.max(
    1 + 2 * proof.margin,
    ...rows.flatMap(({ ratio }) => [ratio.high, 1 / ratio.low]),
  );
  const middle = (labelWidth + width) / 2;
  const reach = (width - labelWidth) / 2 - 30;
  const x = (ratio: number): string =>
    (middle + (Math.log(ratio) / Math.log(edge)) * reach).toFixed(1);
  const bottom = rows.length * rowHeight;
  const marginWidth = Number(x(1 + proof.margin)) - Number(x(1 - proof.margin));
  return html`<svg
    class="proof-plot"
    viewBox="0 0 ${width} ${bottom + 28}"
    role="img"
    aria-label="Change of the response time from A to B, with 95 % intervals"
  >
    <rect
      class="margin"
      x="${x(1 - proof.margin)}"
      y="0"
      width="${marginWidth}"
      height="${bottom}"
    />
    <line class="axis" x1="${x(1)}" x2="${x(1)}" y1="0" y2="${bottom}" />
    ${rows.map(({ comparison, ratio }, index) => {
      const y = index * rowHeight + rowHeight / 2;
      const name = scopeName(comparison);
      return html`<g class="${comparison.answer}">
        <title>${name}: ${change(ratio.low)} to ${change(ratio.high)}</title>
        <text x="${labelWidth - 8}" y="${y + 4}" text-anchor="end"
          >${shortened(name, longestLabel)}</text
        >
        <line class="interval" x1="${x(ratio.low)}" x2="${x(ratio.high)}" y1="${y}" y2="${y}" />
        <circle cx="${x(ratio.mid)}" cy="${y}" r="4" />
      </g>`;
    })}
    ${[1 / edge, 1, edge].map((ratio) => html`<text x="${x(ratio)}" y="${bottom + 20}" text-anchor="middle">${change(ratio)}</text>`)}
  </svg>`;
}

const sliceHeight = 180;
const axisWidth = 60;

/** Every slice at its round, A hollow and B filled, void ones faded; null when there is none. */
export function slicePlot(proof: Proof, { route, decidedBy }: Comparison): Markup | null {
  const points = proof.slices.flatMap((slice) => {
    const ms = figureOf(slice, route, decidedBy);
    return ms === null ? [] : [{ slice, ms }];
  });
  if (points.length === 0) return null;
  const mostMs = Math.max(...points.map(({ ms }) => ms));
  const step = (width - axisWidth - 20) / proof.plannedRounds;
  const x = (round: number, within: number): string =>
    (axisWidth + step * (round + within)).toFixed(1);
  const y = (ms: number): string =>
    (sliceHeight - 24 - (ms / (mostMs || 1)) * (sliceHeight - 44)).toFixed(1);
  return html`<svg
    class="proof-plot"
    viewBox="0 0 ${width} ${sliceHeight}"
    role="img"
    aria-label="Response time of every slice by round"
  >
    <line class="axis" x1="${axisWidth}" x2="${width - 20}" y1="${y(0)}" y2="${y(0)}" />
    <text x="${axisWidth - 8}" y="${y(mostMs)}" text-anchor="end">${formatMs(mostMs)}</text>
    <text x="${axisWidth - 8}" y="${y(0)}" text-anchor="end">0</text>
    ${points.map(({ slice: { side, round, verdict }, ms }) => {
      const kind = verdict.kind === 'void' ? `${side} void` : side;
      return html`<circle
        class="${kind}"
        cx="${x(round, side === 'a' ? 0.35 : 0.65)}"
        cy="${y(ms)}"
        r="5"
      >
        <title>round ${round + 1}, ${side.toUpperCase()}: ${formatMs(ms)}</title>
      </circle>`;
    })}
    ${Array.from(
      { length: proof.plannedRounds },
      (_, round) =>
        html`<text x="${x(round, 0.5)}" y="${sliceHeight - 6}" text-anchor="middle"
          >${round + 1}</text
        >`,
    )}
  </svg>`;
}

function figureOf(slice: Slice, route: string | null, measure: Measure): number | null {
  const figures = route === null ? slice.total : slice.routes[route];
  return figures === undefined || figures.count === 0 ? null : figures[measure];
}
