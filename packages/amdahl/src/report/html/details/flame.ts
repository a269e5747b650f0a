import { fileURLToPath } from 'node:url';
import { formatMs } from '@amdahl/metrics';
import type { FlameDetail } from '../../../audits/detail.ts';
import { attributeCpu } from '../../../predict/cpu-attribution.ts';
import { formatShare } from '../../../wording.ts';
import { shownPath } from '../../overview.ts';
import type { PageContext } from '../context.ts';
import { html, jsonIsland, type Markup } from '../markup.ts';
import { flameTree } from './flame-tree.ts';
import { tableMarkup } from './table.ts';

const mostFunctions = 10;

/**
 * A flame graph of the CPU profile with the app's own functions as a table. The graph is drawn by
 * the page's script; without one the table still says where the time goes.
 */
export function flameMarkup({ title, profile }: FlameDetail, context: PageContext): Markup {
  const placeOf = (url: string): string =>
    shownPath(url.startsWith('file://') ? fileURLToPath(url) : url, context.result);
  const { functions, busyMs, durationMs } = attributeCpu(profile);
  const searchId = context.uniqueId('flame-search');
  return html`<figure class="block flame-figure">
    <figcaption>
      ${title}
      <span class="quiet"
        >${formatMs(busyMs)} of computing in ${formatMs(durationMs)},
        ${formatShare(durationMs > 0 ? busyMs / durationMs : 0)} busy</span
      >
    </figcaption>
    <div class="flame" hidden>
      <div class="flame-tools">
        <label for="${searchId}">Find</label
        ><input
          id="${searchId}"
          type="search"
          placeholder="function or file"
          autocomplete="off"
          spellcheck="false"
        /><button type="button" class="flame-reset">Whole profile</button>
        <ul class="legend">
          <li><span class="swatch flame-app" aria-hidden="true"></span>your code</li>
          <li><span class="swatch flame-library" aria-hidden="true"></span>libraries</li>
          <li><span class="swatch flame-node" aria-hidden="true"></span>Node</li>
          <li><span class="swatch flame-engine" aria-hidden="true"></span>engine</li>
        </ul>
      </div>
      <div
        class="flame-graph"
        role="group"
        aria-label="Flame graph. Arrow keys move between frames, Enter zooms in, Escape shows the whole profile."
      ></div>
      <p class="flame-readout" role="status"></p>
    </div>
    ${jsonIsland('flame-data', flameTree(profile, placeOf))}
    ${tableMarkup({
      kind: 'table',
      title: 'Your functions: their own computing includes what they call in libraries and in Node',
      columns: [
        { label: 'Function', unit: 'none' },
        { label: 'Where', unit: 'none' },
        { label: 'Own', unit: 'share' },
        { label: 'With callees', unit: 'share' },
        { label: 'Typical block', unit: 'ms' },
        { label: 'Longest', unit: 'ms' },
      ],
      rows: functions
        .slice(0, mostFunctions)
        .map(({ frame, ownShare, totalShare, medianBlockMs, longestBlockMs }) => [
          frame.functionName,
          `${shownPath(frame.file, context.result)}:${frame.line}`,
          ownShare,
          totalShare,
          medianBlockMs,
          longestBlockMs,
        ]),
    })}
  </figure>`;
}
