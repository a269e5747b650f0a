import { judgeSoFar } from '@amdahl/load';
import { formatMs } from '@amdahl/metrics';
import { chartsSection } from '../load-outputs/html/load-sections.ts';
import { loadSections, verdictLines } from '../load-outputs/html/load-page.ts';
import { htmlDocument } from '../report/html/document.ts';
import { html, type Content, type Markup } from '../report/html/markup.ts';
import { amdahlVersion } from '../version.ts';
import { formatCount, formatShare } from '../wording.ts';
import type { LiveRun } from './live-run.ts';
import { liveStyle } from './live-style.ts';

/** The page: controls, and a part that is sent anew as the run goes on. */
export function livePage(run: LiveRun, baseUrl: string): string {
  return htmlDocument({
    title: `load · ${baseUrl}`,
    amdahlVersion,
    masthead: html`<h1>${baseUrl}</h1>
      <form class="controls" aria-label="Control of the run">
        <button type="button" id="start">Start</button>
        <button type="button" id="stop" disabled>Stop</button>
        ${run.hasUsers && usersControl(run.users)}
        <a id="download" href="result.json" download="load-result.json" hidden>Result as JSON</a>
        <button type="button" id="close">Close</button>
      </form>
      <p id="status" class="facts" role="status"></p>`,
    skip: 'Skip to the figures',
    main: null,
    mainId: 'live',
    style: liveStyle,
    scripts: ['live'],
    isServed: true,
  }).text;
}

/** The slider reaches ten times what the run was asked for; the field any number. */
function usersControl(users: number): Markup {
  const most = Math.max(100, users * 10);
  return html`<label class="users"
    >Users
    <input type="range" id="slider" min="1" max="${most}" value="${users}" />
    <input type="number" id="users" min="1" value="${users}" aria-label="Users" />
  </label>`;
}

/** What the page is told each time something changes. */
export interface LiveUpdate {
  readonly state: LiveRun['state'];
  readonly users: number;
  readonly status: string;
  readonly hasResult: boolean;
  /** The part of the page that changes. */
  readonly html: string;
}

export function liveUpdate(run: LiveRun): LiveUpdate {
  return {
    state: run.state,
    users: run.users,
    status: statusText(run),
    hasResult: run.last !== undefined,
    html: html`${liveContent(run)}`.text,
  };
}

function liveContent(run: LiveRun): Content {
  if (run.state === 'ended' && run.last !== undefined) {
    return [
      html`<section><div class="wide">${verdictLines(run.last)}</div></section>`,
      loadSections(run.last),
    ];
  }
  if (run.state === 'failed') {
    return html`<section>
      <div class="wide"><p class="reason">${String(run.failure)}</p></div>
    </section>`;
  }
  return [figures(run), chartsSection(run.seconds)];
}

/** The last second in large figures. */
function figures({ progress }: LiveRun): Content {
  if (progress === undefined) return null;
  const { ratePerSecond, p50Ms, p95Ms, done, failed, inFlight } = progress;
  const pairs: readonly (readonly [string, string])[] = [
    ['requests/s', formatCount(ratePerSecond)],
    ['p50', formatMs(p50Ms)],
    ['p95', formatMs(p95Ms)],
    ['failed', formatShare(failed / Math.max(1, done))],
    ['in flight', formatCount(inFlight)],
    ['requests', formatCount(done)],
    ['verdict so far', judgeSoFar(progress)],
  ];
  return html`<section>
    <div class="wide">
      <dl class="live-figures">
        ${pairs.map(
          ([label, value]) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </div>
  </section>`;
}

function statusText({ state, progress }: LiveRun): string {
  if (state === 'idle') return 'Ready.';
  if (state !== 'running' || progress === undefined) {
    return { running: 'Starting.', stopping: 'Stopping.', ended: 'Over.', failed: 'Failed.' }[
      state
    ];
  }
  const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
  return `${progress.phase}: ${seconds(progress.elapsedMs)} of ${seconds(progress.plannedMs)}`;
}
