import { formatMs } from '@amdahl/metrics';
import type { RouteGain } from '../../../audits/finding.ts';
import { boundSpeedup, heldShare } from '../../../predict/amdahl.ts';
import { afterMs, formatRange } from '../../figures.ts';
import { html, unbroken, type Markup } from '../markup.ts';

/**
 * One bar a route, all on one scale: what stays, what the fix saves, and the interval of the saving
 * as a whisker.
 */
export function gainBars(gains: readonly RouteGain[]): Markup {
  const longestMs = Math.max(0, ...gains.map((gain) => gain.beforeMs));
  return html`<ul class="gains">
    ${gains.map((gain) => gainBar(gain, longestMs))}
  </ul>`;
}

function gainBar(gain: RouteGain, longestMs: number): Markup {
  const percent = (ms: number): string =>
    longestMs === 0 ? '0' : Math.max(0, (ms / longestMs) * 100).toFixed(2);
  const { low, mid, high } = gain.gainMs;
  const range = formatRange(gain.gainMs);
  return html`<li>
    <div class="gain-label">
      <span class="route">${gain.route}</span
      ><span class="gain-figures"
        >${formatMs(gain.beforeMs)} <span aria-hidden="true">→</span><span class="sr"> to </span>
        <b>${formatMs(afterMs(gain))}</b></span
      >
    </div>
    <div class="gain-bar" aria-hidden="true">
      <span class="stays" style="width:${percent(gain.beforeMs - mid)}%"></span
      ><span class="saved" style="width:${percent(mid)}%"></span
      ><span
        class="whisker"
        style="left:${percent(gain.beforeMs - high)}%;width:${percent(high - low)}%"
      ></span>
    </div>
    <p class="quiet">
      saves <b>${unbroken(formatMs(mid))}</b>${range !== '' && `, likely ${unbroken(range)}`}; at
      most ${unbroken(formatMs(gain.boundMs))}, ${speedupText(gain)}
    </p>
  </li>`;
}

/** Amdahl's bound as a factor. */
function speedupText(gain: RouteGain): string {
  const factor = boundSpeedup(heldShare(gain));
  return Number.isFinite(factor)
    ? `${factor.toFixed(factor < 10 ? 1 : 0)} times as fast`
    : 'all of it';
}
