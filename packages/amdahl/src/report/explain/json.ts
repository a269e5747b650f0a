import type { ExplainResult } from '../../explain/explain-result.ts';
import { nodeFigures } from '../../sql/plan-reading/node-figures.ts';

/** The result for programs, with the figures of each node beside the plan. */
export function explainToJson(result: ExplainResult): string {
  const nodes = nodeFigures(result.explained).map(({ node, ancestors: _above, ...figures }) => ({
    nodeType: node['Node Type'],
    ...figures,
  }));
  return JSON.stringify({ ...result, nodes }, null, 2);
}
