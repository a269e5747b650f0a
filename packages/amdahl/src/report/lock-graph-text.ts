/** A graph of locks in words, for reports of every kind. */
import { formatMs } from '@amdahl/metrics';
import type { LockGraphDetail, LockGraphEdge, LockGraphNode } from '../audits/detail.ts';
import { counted, shortPath } from '../wording.ts';

/** `waits for ShareLock on a row of stock, seen 48 times, up to 420 ms` */
export function waitText({ mode, object, seen, longestMs }: LockGraphEdge): string {
  return [
    `${mode === '' ? 'a lock' : mode} on ${object}`,
    ...(seen === null ? [] : [`seen ${counted(seen, 'time')}`]),
    ...(longestMs === null ? [] : [`up to ${formatMs(longestMs)}`]),
  ].join(', ');
}

/** `up to 12 sessions` where several do the same. */
export function sessionsText({ atOnce }: LockGraphNode): string | null {
  return atOnce !== null && atOnce > 1 ? `up to ${atOnce} at once` : null;
}

/** Where the statement comes from, as far as the agent knows: route and line. */
export function originText({ route, callSite }: LockGraphNode): string | null {
  const parts = [
    ...(route === null ? [] : [route]),
    ...(callSite === null ? [] : [`${shortPath(callSite.file)}:${callSite.line}`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

export function statementText({ statement }: LockGraphNode): string {
  return statement === '' ? 'a statement that is not known' : statement.replace(/\s+/g, ' ').trim();
}

/** A line of the tree from those in the way down to those who wait. */
export interface LockTreeLine {
  readonly depth: number;
  readonly node: LockGraphNode;
  /** What it waits for, of the line it hangs from; null at the top. */
  readonly edge: LockGraphEdge | null;
  /** Already shown further up: here the circle closes, or another line leads to the same. */
  readonly again: boolean;
}

/** The graph as a tree: whoever waits for nobody on top, below each those who wait for it. */
export function lockTree({ nodes, edges }: LockGraphDetail): readonly LockTreeLine[] {
  const lines: LockTreeLine[] = [];
  const shown = new Set<number>();
  const visit = (node: LockGraphNode, edge: LockGraphEdge | null, depth: number): void => {
    const again = shown.has(node.id);
    lines.push({ depth, node, edge, again });
    if (again) return;
    shown.add(node.id);
    for (const next of edges.filter(({ to }) => to === node.id)) {
      const waiting = nodes.find(({ id }) => id === next.from);
      if (waiting !== undefined) visit(waiting, next, depth + 1);
    }
  };
  const heads = nodes.filter(({ id }) => !edges.some(({ from }) => from === id));
  for (const head of heads) visit(head, null, 0);
  // In a circle everyone waits: it is begun anywhere.
  for (const node of nodes) if (!shown.has(node.id)) visit(node, null, 0);
  return lines;
}

/** One line of the tree in words, without its indentation. */
export function lockLineText({ node, edge, again }: LockTreeLine): string {
  const details = [
    ...(node.state === 'waits' ? [] : [node.state]),
    sessionsText(node),
    originText(node),
    ...node.notes,
  ].filter((text) => text !== null);
  const waits = edge === null ? '' : `waits for ${waitText(edge)}: `;
  if (again)
    return `${waits}${node.id}. again${edge?.inCycle === true ? ', the circle closes' : ''}`;
  return `${waits}${node.id}. ${statementText(node)}${details.length === 0 ? '' : ` (${details.join('; ')})`}`;
}
