import { formatMs } from '@amdahl/metrics';
import type { Deadlock, LockWait } from '../../artifacts/locks.ts';
import { objectName } from '../../locks/locked-object.ts';
import { fingerprint } from '../../sql/parser.ts';
import { counted, shortened } from '../../wording.ts';
import type { LockGraphDetail, LockGraphEdge, LockGraphNode } from '../detail.ts';
import { holdingOf, idleClause, placeOf, useOf, type LockEvidence } from './lock-evidence.ts';

/** More than a person follows; those that stand for most time are drawn. */
const mostEdges = 12;

/** Waits as a graph, with the lines of those that stand in between. */
export function lockGraph(waits: readonly LockWait[], evidence: LockEvidence): LockGraphDetail {
  const nodes = new Map<string, Mutable<LockGraphNode>>();
  const edges = new Map<string, Mutable<LockGraphEdge>>();
  for (const wait of withBetween(waits, evidence.waits)) {
    const { through, blockingStatement, blockingState } = wait;
    const between = through[0];
    const to =
      between === undefined
        ? node(`${blockingState} ${fingerprint(blockingStatement)}`, () => headNode(wait, evidence))
        : node(`waits ${fingerprint(between)}`, () => waitingNode(between, evidence));
    const from = node(`waits ${fingerprint(wait.waitingStatement)}`, () =>
      waitingNode(wait.waitingStatement, evidence),
    );
    from.atOnce = Math.max(from.atOnce ?? 1, wait.mostAtOnce);
    const object = objectName(wait.object);
    const key = `${from.id} ${to.id} ${wait.mode} ${object}`;
    const edge = edges.get(key) ?? {
      from: from.id,
      to: to.id,
      mode: wait.mode,
      object,
      seen: 0,
      longestMs: 0,
      inCycle: false,
    };
    edge.seen = (edge.seen ?? 0) + wait.samples;
    edge.longestMs = Math.max(edge.longestMs ?? 0, wait.longestWaitMs);
    if (edges.size < mostEdges) edges.set(key, edge);
  }
  const drawn = [...edges.values()].filter(({ from, to }) => from !== to);
  return {
    kind: 'lock-graph',
    title: 'Who waits for whom',
    nodes: [...nodes.values()]
      .filter(({ id }) => drawn.some(({ from, to }) => from === id || to === id))
      .sort((a, b) => stepsToHead(a.id, drawn) - stepsToHead(b.id, drawn) || a.id - b.id),
    edges: drawn,
  };

  function node(key: string, make: () => Omit<LockGraphNode, 'id'>): Mutable<LockGraphNode> {
    const known = nodes.get(key) ?? { id: nodes.size + 1, ...make() };
    nodes.set(key, known);
    return known;
  }
}

/** How many stand between a transaction and the one its longest line leads to. */
function stepsToHead(
  id: number,
  edges: readonly LockGraphEdge[],
  before: readonly number[] = [],
): number {
  if (before.includes(id)) return 0;
  return Math.max(
    0,
    ...edges
      .filter(({ from }) => from === id)
      .map(({ to }) => 1 + stepsToHead(to, edges, [...before, id])),
  );
}

/** A circle: each transaction waits for the next. */
export function deadlockGraph(
  { processes, victim }: Deadlock,
  notesOf: (index: number) => readonly string[],
  { uses }: Pick<LockEvidence, 'uses'>,
): LockGraphDetail {
  return {
    kind: 'lock-graph',
    title: 'The circle',
    nodes: processes.map(({ pid, statement }, index) => ({
      id: index + 1,
      statement,
      state: 'waits',
      atOnce: null,
      ...placeInApp(statement, uses),
      notes: [
        `process ${pid}${pid === victim ? ', which the server ended' : ''}`,
        ...notesOf(index),
      ],
    })),
    edges: processes.map(({ mode, object }, index) => ({
      from: index + 1,
      to: ((index + 1) % processes.length) + 1,
      mode,
      object: objectName(object),
      seen: null,
      longestMs: null,
      inCycle: true,
    })),
  };
}

function headNode(wait: LockWait, evidence: LockEvidence): Omit<LockGraphNode, 'id'> {
  const { blockingStatement, blockingState, blocker, longestTransactionMs, application } = wait;
  const holding = holdingOf(blockingStatement, wait, evidence);
  const isIdle = blockingState.startsWith('idle in transaction');
  const [longest] = holding?.idle ?? [];
  const lock = holding?.firstLock ?? null;
  const isLockItself =
    lock !== null && fingerprint(lock.statement) === fingerprint(blockingStatement);
  return {
    statement: blockingStatement,
    state: blockingState === '' ? 'holds the lock' : blockingState,
    atOnce: null,
    ...placeInApp(blockingStatement, evidence.uses),
    notes: [
      ...(blocker === 'prepared-transaction'
        ? ['prepared for two-phase commit, and neither committed nor rolled back']
        : []),
      ...(isIdle && longest !== undefined ? [idleClause(longest)] : []),
      ...(lock === null || isLockItself
        ? []
        : [
            `took the lock with ${shortened(lock.statement, 80)}${lock.callSite === null ? '' : ` in ${placeOf(lock.callSite)}`}`,
          ]),
      ...(longestTransactionMs === null
        ? []
        : [`transaction up to ${formatMs(longestTransactionMs)} old`]),
      ...(application === '' ? [] : [`application ${shortened(application, 40)}`]),
    ],
  };
}

function waitingNode(statement: string, { uses }: LockEvidence): Omit<LockGraphNode, 'id'> {
  return { statement, state: 'waits', atOnce: 1, ...placeInApp(statement, uses), notes: [] };
}

function placeInApp(
  statement: string,
  uses: LockEvidence['uses'],
): Pick<LockGraphNode, 'callSite' | 'route'> {
  const use = useOf(statement, uses);
  // A statement of a log is its own route, which says nothing.
  const route = use?.callSite == null ? null : (use.routes[0]?.measured.route ?? null);
  return { callSite: use?.callSite ?? null, route };
}

/** These waits and those of the sessions that stand between them and the heads of their lines. */
function withBetween(waits: readonly LockWait[], all: readonly LockWait[]): readonly LockWait[] {
  const found = new Set(waits);
  for (const wait of found) {
    for (const between of wait.through) {
      const shape = fingerprint(between);
      // Added while the loop goes on, so that their own lines are followed too.
      for (const other of all) if (fingerprint(other.waitingStatement) === shape) found.add(other);
    }
  }
  return [...found].sort((a, b) => b.waitedMs - a.waitedMs);
}

/** `up to 12 sessions wait` */
export function atOnceText(waits: readonly LockWait[]): string {
  const most = Math.max(0, ...waits.map(({ mostAtOnce }) => mostAtOnce));
  return counted(most, 'session');
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
