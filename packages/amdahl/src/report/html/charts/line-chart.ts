import { formatMs } from '@amdahl/metrics';
import type { SeriesDetail, Unit } from '../../../audits/detail.ts';
import { formatValue } from '../../figures.ts';
import { html, jsonIsland, type Markup } from '../markup.ts';

/** The drawing's own units; it is stretched to its place and its lines are not. */
const width = 1_000;
const height = 100;

/**
 * Lines over time. Only the lines are SVG: the labels are text of the page, so that they keep their
 * size at any width.
 */
export function lineChart({ title, unit, lines }: Omit<SeriesDetail, 'kind'>): Markup {
  const drawn = lines.filter((line) => line.points.length > 0);
  if (drawn.length === 0) return html``;
  const points = drawn.flatMap((line) => line.points);
  const fromMs = Math.min(...points.map(([atMs]) => atMs));
  const untilMs = Math.max(fromMs + 1, ...points.map(([atMs]) => atMs));
  const ticks = ticksUpTo(Math.max(...points.map(([, value]) => value)), unit);
  const top = ticks.at(-1) ?? 1;
  const x = (atMs: number): string => (((atMs - fromMs) / (untilMs - fromMs)) * width).toFixed(1);
  const y = (value: number): string => (height - (value / top) * height).toFixed(1);
  const path = (line: (typeof drawn)[number]): string =>
    line.points.map(([atMs, value]) => `${x(atMs)},${y(value)}`).join(' ');
  return html`<figure class="chart">
    <figcaption>
      <span class="chart-title">${title}</span>
      <ul class="legend">
        ${drawn.map(
          ({ label }, index) =>
            html`<li>
              <span class="stroke line-${index}" aria-hidden="true"></span>${label}
              <output></output>
            </li>`,
        )}
      </ul>
    </figcaption>
    <div class="plot" role="img" aria-label="${summary(title, unit, drawn)}">
      <div class="y-axis" aria-hidden="true">
        ${ticks.map(
          (tick) =>
            html`<span style="bottom:${((tick / top) * 100).toFixed(2)}%"
              >${formatValue(tick, unit)}</span
            >`,
        )}
      </div>
      <div class="canvas">
        <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
          ${ticks.map((tick) => html`<line class="grid" x1="0" x2="${width}" y1="${y(tick)}" y2="${y(tick)}" />`)}
          ${drawn.map((line, index) => html`<polyline class="line-${index}" points="${path(line)}" />`)}</svg
        ><span class="cursor" hidden></span>
      </div>
      <div class="x-axis" aria-hidden="true">
        ${[0, 0.5, 1].map(
          (share) =>
            html`<span
              >${share === 0 ? '0' : formatMs(Math.round((untilMs - fromMs) * share))}</span
            >`,
        )}
      </div>
    </div>
    ${jsonIsland('chart-data', {
      fromMs,
      untilMs,
      lines: drawn.map((line) =>
        line.points.map(([atMs, value]) => [atMs, formatValue(value, unit)] as const),
      ),
    })}
  </figure>`;
}

/** Round steps up to the largest value: 1, 2 or 5 times a power of ten, three to five of them. */
function ticksUpTo(most: number, unit: Unit): readonly number[] {
  if (unit === 'share')
    return [0, 0.25, 0.5, 0.75, 1].map((tick) => tick * Math.max(1, Math.ceil(most)));
  if (!(most > 0)) return [0, 1];
  const rough = most / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

function summary(title: string, unit: Unit, lines: SeriesDetail['lines']): string {
  const ranges = lines.map(({ label, points }) => {
    const values = points.map(([, value]) => value);
    return `${label} between ${formatValue(Math.min(...values), unit)} and ${formatValue(Math.max(...values), unit)}`;
  });
  return `${title}: ${ranges.join('; ')}`;
}
