import type { PlanNode } from '../../artifacts/plans.ts';

const aggregateNames: Readonly<Record<string, string>> = {
  Sorted: 'GroupAggregate',
  Hashed: 'HashAggregate',
  Mixed: 'MixedAggregate',
};

/** A node in the words of EXPLAIN's TEXT format: `Hash Left Join`, `Seq Scan on orders o`. */
export function nodeLabel(node: PlanNode): string {
  const name = nodeName(node);
  const object = node['Relation Name'] ?? node['CTE Name'] ?? node['Function Name'];
  if (object === undefined) {
    return node['Index Name'] === undefined ? name : `${name} on ${node['Index Name']}`;
  }
  const alias = node.Alias === undefined || node.Alias === object ? '' : ` ${node.Alias}`;
  const index = node['Index Name'] === undefined ? '' : ` using ${node['Index Name']}`;
  return `${name}${index} on ${object}${alias}`;
}

/** What a node does, without what it does it to: `Parallel Seq Scan`, `Partial HashAggregate`. */
export function nodeName(node: PlanNode): string {
  return `${node['Parallel Aware'] === true ? 'Parallel ' : ''}${nodeWords(node)}`;
}

function nodeWords(node: PlanNode): string {
  const type = node['Node Type'];
  if (type === 'ModifyTable') return node.Operation ?? type;
  if (type === 'Aggregate') {
    const mode = node['Partial Mode'] ?? 'Simple';
    const name = aggregateNames[node.Strategy ?? ''] ?? type;
    return mode === 'Simple' ? name : `${mode} ${name}`;
  }
  const join = node['Join Type'];
  if (join !== undefined && join !== 'Inner') {
    return `${type.replace(/ Join$/, '')} ${join} Join`;
  }
  return node['Scan Direction'] === 'Backward' ? `${type} Backward` : type;
}
