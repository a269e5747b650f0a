import type { Span } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import type { TraceDetail } from '../../../audits/detail.ts';
import { counted, shortened } from '../../../wording.ts';
import { html, type Markup } from '../markup.ts';

const mostRows = 30;

const tierOf: Readonly<Record<Span['kind'], string>> = {
  statement: 'database',
  pool: 'pool',
  connect: 'pool',
  http: 'http',
  socket: 'socket',
};

/** One request as a waterfall: each wait a bar where it lay in time, the ones at fault marked. */
export function traceMarkup({ title, durationUs, spans, highlighted }: TraceDetail): Markup {
  const isHighlighted = (span: Span): boolean => highlighted.includes(span.id);
  const shown = spans
    .toSorted(
      (a, b) => Number(isHighlighted(b)) - Number(isHighlighted(a)) || b.durationUs - a.durationUs,
    )
    .slice(0, mostRows)
    .sort((a, b) => a.startUs - b.startUs || a.id - b.id);
  const rest = spans.length - shown.length;
  return html`<figure class="block">
    <figcaption>${title}</figcaption>
    <ol class="trace">
      ${shown.map((span) => row(span, durationUs, isHighlighted(span)))}
    </ol>
    <div class="trace-axis" aria-hidden="true">
      ${[0, 0.5, 1].map((share) => html`<span>${share === 0 ? '0' : formatMs((durationUs * share) / 1_000)}</span>`)}
    </div>
    ${rest > 0 && html`<p class="quiet">and ${counted(rest, 'shorter wait')}</p>`}
  </figure>`;
}

function row(span: Span, durationUs: number, isHighlighted: boolean): Markup {
  const percent = (us: number): string =>
    Math.min(100, Math.max(0, (us / Math.max(1, durationUs)) * 100)).toFixed(2);
  const startsAt = percent(span.startUs);
  const width = Math.min(100 - Number(startsAt), Number(percent(span.durationUs)));
  return html`<li class="${isHighlighted ? 'marked' : ''}">
    <span class="span-name" title="${span.name}">${shortened(span.name, 120)}</span>
    <span class="span-lane" aria-hidden="true"
      ><span
        class="tier-${tierOf[span.kind]}"
        style="left:${startsAt}%;width:${width.toFixed(2)}%"
      ></span
    ></span>
    <span class="span-time"
      >${formatMs(span.durationUs / 1_000)}<span class="sr">
        from ${formatMs(span.startUs / 1_000)}${isHighlighted && ', at fault'}</span
      ></span
    >
  </li>`;
}
