import type { PlanDetail } from '../../../audits/detail.ts';
import type { PlanNode } from '../../../artifacts/plans.ts';
import { formatCount, formatShare } from '../../../wording.ts';
import { ownCost } from '../../brief.ts';
import { html, type Markup } from '../markup.ts';

interface Row {
  readonly node: PlanNode;
  readonly depth: number;
  readonly ownShare: number;
}

/** A plan as a tree, each node with its own share of the cost; the costliest is marked. */
export function planMarkup({ title, plan }: PlanDetail): Markup {
  const rows = rowsOf(plan);
  const most = Math.max(...rows.map((row) => row.ownShare));
  return html`<figure class="block">
    <figcaption>
      ${title} <span class="quiet">cost ${formatCount(plan['Total Cost'])}</span>
    </figcaption>
    <ol class="plan">
      ${rows.map(
        ({ node, depth, ownShare }) =>
          html`<li class="${ownShare === most ? 'costliest' : ''}" style="--depth:${depth}">
            <div class="plan-node">
              <b>${node['Node Type']}</b
              >${node['Relation Name'] !== undefined && html` on ${node['Relation Name']}`}${node['Index Name'] !== undefined && html` by <code>${node['Index Name']}</code>`}${conditionsOf(node).map((text) => html`<span class="condition">${text}</span>`)}
            </div>
            <span class="plan-rows quiet"
              >${formatCount(node['Plan Rows'])} ${node['Plan Rows'] === 1 ? 'row' : 'rows'}</span
            >
            <span class="plan-cost"
              ><span
                class="plan-bar"
                style="width:${(ownShare * 100).toFixed(1)}%"
                aria-hidden="true"
              ></span
              ><span class="plan-share"
                >${formatShare(ownShare)}<span class="sr"> of the cost</span></span
              ></span
            >
          </li>`,
      )}
    </ol>
  </figure>`;
}

function rowsOf(root: PlanNode): readonly Row[] {
  const total = root['Total Cost'] > 0 ? root['Total Cost'] : 1;
  const visit = (node: PlanNode, depth: number): readonly Row[] => [
    { node, depth, ownShare: Math.min(1, ownCost(node) / total) },
    ...(node.Plans ?? []).flatMap((child) => visit(child, depth + 1)),
  ];
  return visit(root, 0);
}

function conditionsOf(node: PlanNode): readonly string[] {
  return [
    node['Index Cond'] === undefined ? '' : `index condition ${node['Index Cond']}`,
    node.Filter === undefined ? '' : `filter ${node.Filter}`,
    node['Sort Key'] === undefined ? '' : `sorted by ${node['Sort Key'].join(', ')}`,
  ].filter((text) => text !== '');
}
