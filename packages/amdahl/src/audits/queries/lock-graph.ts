import { formatMs } from '@amdahl/metrics';
import type { Deadlock, LockWait } from '../../artifacts/locks.ts';
import { objectName } from '../../locks/locked-object.ts';
import { fingerprint } from '../../sql/parser.ts';
import { counted, shortened } from '../../wording.ts';
import type { LockGraphDetail, LockGraphEdge, LockGraphNode } from '../detail.ts';
import {
  holdingOf,
  idleClause,
  objectFor,
  placeOf,
  useOf,
  type IdleTime,
  type LockEvidence,
} from './lock-evidence.ts';
import { sum } from './statement-use.ts';

/** More than a person follows; those that stand for most time are drawn. */
const mostEdges = 12;
/** Statements a transaction in the way was seen with. */
const mostSightings = 3;
/** A database query below this is good by the default objectives; so is a pause between two. */
const leastGapMs = 10;

/** Waits as a graph, with the lines of those that stand in between. */
export function lockGraph(waits: readonly LockWait[], evidence: LockEvidence): LockGraphDetail {
  const nodes = new Map<string, Mutable<LockGraphNode>>();
  const heads = new Map<Mutable<LockGraphNode>, LockWait[]>();
  const edges = new Map<string, Mutable<LockGraphEdge>>();
  for (const wait of withBetween(waits, evidence.waits)) {
    const between = wait.through[0];
    const to = between === undefined ? headOf(wait) : waiting(between);
    const from = waiting(wait.waitingStatement);
    from.atOnce = Math.max(from.atOnce ?? 1, wait.mostAtOnce);
    const object = objectName(wait.object);
    // The first in line waits for the transaction, those behind it for their place: one thing.
    const key = `${from.id} ${to.id} ${object}`;
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
  for (const [head, seen] of heads) Object.assign(head, headNode(seen, evidence));
  const drawn = [...edges.values()].filter(({ from, to }) => from !== to);
  return {
    kind: 'lock-graph',
    title: 'Who waits for whom',
    ...inTreeOrder([...nodes.values()], drawn),
  };

  /** Sightings of one transaction with several of its statements are one head. */
  function headOf(wait: LockWait): Mutable<LockGraphNode> {
    const { blockingStatement, blockingState } = wait;
    const lock = holdingOf(blockingStatement, wait, evidence)?.firstLock ?? null;
    const head = node(
      lock === null
        ? `${blockingState} ${fingerprint(blockingStatement)}`
        : `holds ${fingerprint(lock.statement)} ${lock.callSite === null ? '' : placeOf(lock.callSite)}`,
    );
    heads.set(head, [...(heads.get(head) ?? []), wait]);
    return head;
  }

  function waiting(statement: string): Mutable<LockGraphNode> {
    const waits = node(`waits ${fingerprint(statement)}`);
    return Object.assign(waits, { statement, ...placeInApp(statement, evidence.uses) });
  }

  function node(key: string): Mutable<LockGraphNode> {
    const known = nodes.get(key) ?? {
      id: nodes.size + 1,
      statement: '',
      state: 'waits',
      atOnce: null,
      callSite: null,
      route: null,
      notes: [],
    };
    nodes.set(key, known);
    return known;
  }
}

/** Below each transaction those who wait for it, numbered in that order; those nobody meets are left out. */
function inTreeOrder(
  nodes: readonly LockGraphNode[],
  edges: readonly LockGraphEdge[],
): Pick<LockGraphDetail, 'nodes' | 'edges'> {
  const order = new Map<number, number>();
  const visit = (id: number): void => {
    if (order.has(id)) return;
    order.set(id, order.size + 1);
    for (const { from } of edges.filter(({ to }) => to === id)) visit(from);
  };
  const met = edges.flatMap(({ from, to }) => [from, to]);
  const heads = met.filter((id) => !edges.some(({ from }) => from === id));
  for (const id of [...heads, ...met]) visit(id);
  const numberOf = (id: number): number => order.get(id) ?? 0;
  return {
    nodes: nodes
      .filter(({ id }) => order.has(id))
      .map((node) => ({ ...node, id: numberOf(node.id) }))
      .sort((a, b) => a.id - b.id),
    edges: edges.map((edge) => ({ ...edge, from: numberOf(edge.from), to: numberOf(edge.to) })),
  };
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
    edges: processes.map(({ statement, mode, object }, index) => ({
      from: index + 1,
      to: ((index + 1) % processes.length) + 1,
      mode,
      object: objectName(objectFor(statement, object)),
      seen: null,
      longestMs: null,
      inCycle: true,
    })),
  };
}

/** What is known of a transaction in the way from all that was seen waiting for it. */
function headNode(
  waits: readonly LockWait[],
  evidence: LockEvidence,
): Partial<Omit<LockGraphNode, 'id'>> {
  const [main] = waits.toSorted((a, b) => b.waitedMs - a.waitedMs) as [LockWait, ...LockWait[]];
  const { blockingStatement, blocker, application } = main;
  const holding = holdingOf(blockingStatement, main, evidence);
  const lock = holding?.firstLock ?? null;
  const ages = waits.flatMap(({ longestTransactionMs }) => longestTransactionMs ?? []);
  return {
    ...(lock === null
      ? { statement: blockingStatement, ...placeInApp(blockingStatement, evidence.uses) }
      : {
          statement: lock.statement,
          callSite: lock.callSite,
          route: holding?.transaction.trace.route ?? null,
        }),
    state: stateOf(main),
    notes: [
      ...(blocker === 'prepared-transaction'
        ? ['prepared for two-phase commit, and neither committed nor rolled back']
        : []),
      ...(lock === null ? [] : ['took the lock with this statement']),
      ...sightings(waits, lock?.statement ?? blockingStatement, evidence),
      ...(ages.length === 0 ? [] : [`transaction up to ${formatMs(Math.max(...ages))} old`]),
      ...(application === '' ? [] : [`application ${shortened(application, 40)}`]),
    ],
  };
}

/** What it was at when somebody was seen waiting for it: after which statement, awaiting what. */
function sightings(
  waits: readonly LockWait[],
  shown: string,
  evidence: LockEvidence,
): readonly string[] {
  const groups = [
    ...Map.groupBy(waits, ({ blockingStatement, blockingState }) =>
      JSON.stringify([fingerprint(blockingStatement), blockingState]),
    ).values(),
  ].sort((a, b) => sum(b, ({ samples }) => samples) - sum(a, ({ samples }) => samples));
  return groups.slice(0, mostSightings).flatMap((group) => {
    const [first] = group as [LockWait, ...LockWait[]];
    const isShown = fingerprint(first.blockingStatement) === fingerprint(shown);
    const isIdle = first.blockingState.startsWith('idle in transaction');
    const doing = isIdle
      ? holdingOf(first.blockingStatement, first, evidence)?.idle.find(isWorthNaming)
      : undefined;
    if (isShown && doing === undefined) return [];
    const times = counted(
      sum(group, ({ samples }) => samples),
      'time',
    );
    const after = isShown
      ? 'after it'
      : `${isIdle ? 'after' : 'with'} "${shortened(first.blockingStatement, 60)}"`;
    return [
      `seen ${stateOf(first)} ${after}, ${times}${doing === undefined ? '' : `: ${idleClause(doing)}`}`,
    ];
  });
}

/** Between any two statements there is a moment. */
function isWorthNaming({ call, longestMs }: IdleTime): boolean {
  return call !== null || longestMs >= leastGapMs;
}

function stateOf({ blockingState }: LockWait): string {
  return blockingState === '' ? 'holds the lock' : blockingState;
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
