import type { PlanNode } from '../../artifacts/plans.ts';

/** Rows in memory carry headers and pointers that the file leaves out: a rule of thumb. */
const memoryPerDisk = 2;

/** Kilobytes that would have kept a node's rows in memory; 0 where nothing was written. */
export function neededMemoryKb(node: PlanNode): number {
  if (node['Node Type'] === 'Hash') return hashMemoryKb(node);
  return node['Node Type'] === 'Aggregate' ? groupingMemoryKb(node) : sortMemoryKb(node);
}

export function sortMemoryKb(node: PlanNode): number {
  return sortDiskKb(node) * memoryPerDisk;
}

/** One batch fills the memory there was. */
export function hashMemoryKb(node: PlanNode): number {
  const batches = node['Hash Batches'] ?? 1;
  return batches <= 1 ? 0 : (node['Peak Memory Usage'] ?? 0) * batches;
}

export function groupingMemoryKb(node: PlanNode): number {
  const diskKb = groupingDiskKb(node);
  return diskKb === 0 ? 0 : (node['Peak Memory Usage'] ?? 0) + diskKb;
}

export function groupingDiskKb(node: PlanNode): number {
  return [node, ...(node.Workers ?? [])].reduce((sum, each) => sum + (each['Disk Usage'] ?? 0), 0);
}

/** Kilobytes on disk, over all workers and groups. */
export function sortDiskKb(node: PlanNode): number {
  const processes = [node, ...(node.Workers ?? [])];
  const whole = processes
    .filter((each) => each['Sort Space Type'] === 'Disk')
    .reduce((sum, each) => sum + (each['Sort Space Used'] ?? 0), 0);
  const groups = ['Full-sort Groups', 'Pre-sorted Groups'].map((name) => peakOnDisk(node[name]));
  return whole + Math.max(...groups);
}

function peakOnDisk(groups: unknown): number {
  const disk = (
    groups as { readonly 'Sort Space Disk'?: Readonly<Record<string, unknown>> } | undefined
  )?.['Sort Space Disk'];
  const peak = disk?.['Peak Sort Space Used'];
  return typeof peak === 'number' ? peak : 0;
}
