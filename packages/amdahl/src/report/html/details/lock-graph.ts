import type { LockGraphDetail, LockGraphEdge, LockGraphNode } from '../../../audits/detail.ts';
import { originText, sessionsText, statementText, waitText } from '../../lock-graph-text.ts';
import { html, unbroken, type Markup } from '../markup.ts';
import { sqlMarkup } from './sql.ts';

/** Pixels: between two lines side by side, beside them, and from a row's top to its dot. */
const laneWidth = 14;
const margin = 9;
const dotTop = 22;
/** Pixels from the middle of a dot to where a line leaves or reaches it, when it has both. */
const apart = 6;

/** A line that all who wait for one transaction share, from it to the last of them. */
interface Trunk {
  readonly to: number;
  readonly lane: number;
  readonly first: number;
  readonly last: number;
  readonly inCycle: boolean;
}

/**
 * Who waits for whom: a row each, those in the way on top, and beside them lines that lead from each
 * waiting one to what it waits for. The rows say the same in words.
 */
export function lockGraphMarkup({ title, nodes, edges }: LockGraphDetail): Markup {
  const rowOf = new Map(nodes.map(({ id }, row) => [id, row]));
  const trunks = trunksOf(edges, rowOf);
  const lanes = 1 + Math.max(0, ...trunks.map(({ lane }) => lane));
  const width = margin * 2 + lanes * laneWidth;
  return html`<figure class="block">
    <figcaption>${title}</figcaption>
    <ol class="lock-graph" style="--lines:${width}px">
      ${nodes.map((node, row) => rowMarkup(node, row, { edges, rowOf, trunks, width }))}
    </ol>
  </figure>`;
}

interface Drawing {
  readonly edges: readonly LockGraphEdge[];
  readonly rowOf: ReadonlyMap<number, number>;
  readonly trunks: readonly Trunk[];
  readonly width: number;
}

function rowMarkup(node: LockGraphNode, row: number, drawing: Drawing): Markup {
  const waits = drawing.edges.filter(({ from }) => from === node.id);
  const inCycle = waits.some((edge) => edge.inCycle);
  const about = [sessionsText(node), originText(node)].filter((text) => text !== null);
  return html`<li class="${inCycle ? 'in-cycle' : waits.length === 0 && 'in-the-way'}">
    ${linesMarkup(node, row, drawing)}
    <div>
      <p>
        <b class="lock-number">${node.id}</b>
        <span class="tag">${node.state}</span>
        ${about.length > 0 && html`<span class="quiet">${about.join(', ')}</span>`}
      </p>
      <code class="lock-statement">${sqlMarkup(statementText(node))}</code>
      ${
        node.notes.length > 0 &&
        html`<ul class="lock-notes">
          ${node.notes.map((note) => html`<li>${unbroken(note)}</li>`)}
        </ul>`
      }
      ${waits.map((edge) => html`<p class="lock-wait">waits for <b class="lock-number">${edge.to}</b>: ${unbroken(waitText(edge))}</p>`)}
    </div>
  </li>`;
}

/**
 * A row's part of the drawing, as high as the row. A line leaves a dot above the middle and reaches
 * it below, so that who waits and is waited for has two ends to tell apart.
 */
function linesMarkup(node: LockGraphNode, row: number, { edges, trunks, width }: Drawing): Markup {
  const dotAt = width - margin;
  const isBoth =
    edges.some(({ from }) => from === node.id) && edges.some(({ to }) => to === node.id);
  const parts = trunks.flatMap(({ to, lane, first, last, inCycle }) => {
    if (row < first || row > last) return [];
    const x = margin + lane * laneWidth;
    const isTarget = node.id === to;
    const joins = isTarget || edges.some((edge) => edge.from === node.id && edge.to === to);
    const name = inCycle ? 'in-cycle' : '';
    const y = dotTop + (isBoth ? (isTarget ? apart : -apart) : 0);
    // The line comes from above, goes on below, or both.
    const from = row === first ? String(y) : '0';
    const until = row === last ? String(y) : '100%';
    const end = dotAt - (isBoth ? 3 : 6);
    return [
      html`<line class="${name}" x1="${x}" y1="${from}" x2="${x}" y2="${until}" />`,
      joins &&
        html`<line
          class="${name}"
          x1="${x}"
          y1="${y}"
          x2="${isTarget ? end - 5 : end}"
          y2="${y}"
        />`,
      isTarget && html`<path class="${name}" d="M${end} ${y} l-7 -4.5 v9 z" />`,
    ];
  });
  return html`<svg class="lock-lines" width="${width}" aria-hidden="true">
    ${parts}
    <circle cx="${dotAt}" cy="${dotTop}" r="4.5" />
  </svg>`;
}

/** Lanes from the dots outwards: short lines inside, long ones around them, none over another. */
function trunksOf(
  edges: readonly LockGraphEdge[],
  rowOf: ReadonlyMap<number, number>,
): readonly Trunk[] {
  const spans = [...Map.groupBy(edges, ({ to }) => to)]
    .map(([to, group]) => {
      const rows = [to, ...group.map(({ from }) => from)].map((id) => rowOf.get(id) ?? 0);
      return {
        to,
        first: Math.min(...rows),
        last: Math.max(...rows),
        inCycle: group.some((edge) => edge.inCycle),
      };
    })
    .sort((a, b) => b.last - b.first - (a.last - a.first) || a.first - b.first);
  const placed: Trunk[] = [];
  for (const span of spans) {
    let lane = 0;
    const isTaken = (trunk: Trunk): boolean =>
      trunk.lane === lane && trunk.first <= span.last && trunk.last >= span.first;
    while (placed.some(isTaken)) lane += 1;
    placed.push({ ...span, lane });
  }
  return placed;
}
