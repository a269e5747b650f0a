import { formatMs } from '@amdahl/metrics';
import type { PlanDetail } from '../../../audits/detail.ts';
import { bareExplained } from '../../../sql/plan-reading/explained-plan.ts';
import { nodeFigures, type NodeFigures } from '../../../sql/plan-reading/node-figures.ts';
import { nodeName } from '../../../sql/plan-reading/node-label.ts';
import { counted, formatCount, formatShare } from '../../../wording.ts';
import { html, type Markup } from '../markup.ts';
import { planFigures } from './plan-figures.ts';

/** pev2's bands of misestimates: from a factor of ten on it is marked, from a hundred on strongly. */
const notableRatio = 10;
const highRatio = 100;
/** Smaller differences between planned and actual rows are not pointed at. */
const leastRatioShown = 2;
/** The factor that fills the bar: each power of ten is a quarter of it. */
const fullRatioPower = 4;

/**
 * A plan as a tree: each node with its own share of the time, its rows, and how far off the
 * estimate was. Of a plan that was not executed, its own share of the cost and the rows expected.
 */
export function planMarkup({ title, plan }: PlanDetail): Markup {
  const figures = nodeFigures(bareExplained(plan));
  const most = Math.max(...figures.map(({ share }) => share));
  const mostRows = Math.max(...figures.map(rowsOf));
  const rootMs = figures[0]?.totalMs ?? null;
  return html`<figure class="block">
    <figcaption>
      ${title}
      <span class="quiet"
        >${rootMs !== null && `${formatMs(rootMs)}, `}cost ${formatCount(plan['Total Cost'])}</span
      >
    </figcaption>
    <ol class="plan ${rootMs === null ? '' : 'timed'}">
      ${figures.map(
        (each) =>
          html`<li
            class="${each.neverExecuted ? 'never' : each.share === most ? 'costliest' : ''}"
            style="--depth:${each.path.length}"
          >
            ${nodeMarkup(each)}${rowsMarkup(each, mostRows)}${shareMarkup(each)}
          </li>`,
      )}
    </ol>
  </figure>`;
}

function nodeMarkup(figures: NodeFigures): Markup {
  const { node, neverExecuted, loops } = figures;
  const subplan = node['Subplan Name'];
  const times = neverExecuted ? ' never executed' : loops > 1 && ` ${formatCount(loops)} times`;
  return html`<div class="plan-node">
    ${subplan !== undefined && html`${subplan}: `}<b>${nodeName(node)}</b>${node['Relation Name'] !== undefined && html` on ${node['Relation Name']}`}${node['Index Name'] !== undefined && html` by <code>${node['Index Name']}</code>`}${times !== false && html`<span class="quiet">${times}</span>`}${conditionsOf(figures).map((text) => html`<span class="condition">${text}</span>`)}${moreMarkup(figures)}
  </div>`;
}

/** Opens by click and by keyboard, without a script. */
function moreMarkup(figures: NodeFigures): Markup | null {
  const sentences = planFigures(figures);
  if (sentences.length === 0) return null;
  return html`<details class="plan-more">
    <summary>Figures<span class="sr"> of ${figures.label}</span></summary>
    ${sentences.map((text) => html`<p>${text}</p>`)}
  </details>`;
}

function rowsMarkup(figures: NodeFigures, mostRows: number): Markup {
  const rows = rowsOf(figures);
  if (figures.neverExecuted) return html`<span class="plan-rows quiet">no rows asked for</span>`;
  const planned = figures.totalRows === null;
  return html`<span class="plan-rows quiet"
    >${counted(rows, 'row')}${!planned && html`${bar(mostRows === 0 ? 0 : rows / mostRows)}${estimateMarkup(figures)}`}</span
  >`;
}

function estimateMarkup({ estimate }: NodeFigures): Markup | null {
  if (estimate === null) return null;
  const { ratio, direction, cutShort } = estimate;
  // A node stopped early has fewer rows than planned, and nothing is wrong with that.
  if (ratio < leastRatioShown || (cutShort && direction === 'over')) return null;
  const band = ratio >= highRatio ? 'poor' : ratio >= notableRatio ? 'acceptable' : '';
  const comparison = direction === 'under' ? 'more' : 'fewer';
  return html`<span class="plan-estimate ${band}"
    ><span aria-hidden="true">${direction === 'under' ? '↑' : '↓'} </span
    >${formatCount(Math.round(ratio))}×<span class="sr"> ${comparison} than planned</span
    >${bar(Math.log10(ratio) / fullRatioPower)}</span
  >`;
}

function shareMarkup({ share, ownMs, neverExecuted }: NodeFigures): Markup {
  if (neverExecuted) return html`<span class="plan-cost"></span>`;
  const timed = ownMs !== null;
  return html`<span class="plan-cost"
    ><span class="plan-share"
      >${timed && `${formatMs(ownMs)}, `}${formatShare(share)}<span class="sr">
        of the ${timed ? 'time' : 'cost'}</span
      ></span
    >${bar(share)}</span
  >`;
}

function bar(part: number): Markup {
  const width = (Math.min(1, part) * 100).toFixed(1);
  return html`<span class="plan-bar" style="width:${width}%" aria-hidden="true"></span>`;
}

function rowsOf({ totalRows, node }: NodeFigures): number {
  return totalRows ?? node['Plan Rows'];
}

function conditionsOf({ node, loops }: NodeFigures): readonly string[] {
  const removed = (node['Rows Removed by Filter'] ?? 0) * loops;
  return [
    node['Index Cond'] === undefined ? '' : `index condition ${node['Index Cond']}`,
    node['Hash Cond'] === undefined ? '' : `joined by ${node['Hash Cond']}`,
    node['Merge Cond'] === undefined ? '' : `joined by ${node['Merge Cond']}`,
    node['Join Filter'] === undefined ? '' : `join filter ${node['Join Filter']}`,
    node.Filter === undefined
      ? ''
      : `filter ${node.Filter}${removed > 0 ? `, which removed ${counted(removed, 'row')}` : ''}`,
    node['Sort Key'] === undefined ? '' : `sorted by ${node['Sort Key'].join(', ')}`,
  ].filter((text) => text !== '');
}
