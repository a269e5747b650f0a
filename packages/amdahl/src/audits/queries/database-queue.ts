/**
 * Whether requests wait for each other at the database: for its processors, or for the app's
 * connections to it. Little's law tells from what the run measured: requests per second times the
 * time each spends there are how many are there at once. Only where they wait does a fix of one
 * statement buy anything for others.
 */
import type { AgentArtifact, Artifacts, LoadArtifact } from '../../artifacts/artifacts.ts';
import type { LocksArtifact } from '../../artifacts/locks.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import type { TargetArtifact } from '../../artifacts/target.ts';
import { meanUsers, type Offered } from '../../predict/queueing.ts';
import type { RouteAtResource, SharedResource } from '../../predict/relief.ts';
import { measuredRoutes, type MeasuredRoute } from '../../predict/time-budget.ts';
import { useOf } from './lock-evidence.ts';
import { statementUses, sum, type StatementUse } from './statement-use.ts';

/** What tells of it; statements that were captured alone come without any. */
export type QueueEvidence = Partial<
  Pick<Artifacts, 'agent' | 'load' | 'target' | 'catalog' | 'plans' | 'locks'>
>;

/** What an audit wants for it, beside the catalog. */
export const queueEvidence: readonly ('agent' | 'load' | 'target' | 'plans' | 'locks')[] = [
  'agent',
  'load',
  'target',
  'plans',
  'locks',
];

/** A line that statements stand in. */
export interface DatabaseQueue extends SharedResource {
  /** The server's processes that work on a statement, on average. */
  readonly processesOf: (text: string) => number;
  /** What shows that there is a line, as a clause. */
  readonly because: string;
}

/**
 * Processors this busy are taken for used up: operators are usually alerted there. Below it a fix is
 * predicted by its own time alone.
 */
const saturatedShare = 0.8;
/** Requests that wait for a connection at any time, on average, from which the pool is used up. */
const leastWaiting = 1;
/** Of a machine that is not known: the smallest servers for hire have two (AWS db.t4g.micro). */
const leastProcessors = 2;
/** A route that opens a connection in more of its requests waits for that and stands in no line. */
const mostConnects = 0.1;
/** What PostgreSQL has where `max_parallel_workers` is not set. */
const defaultParallelWorkers = 8;

/** The lines requests stand in; none where nothing is used up or nothing is known of the load. */
export function databaseQueues(evidence: QueueEvidence): readonly DatabaseQueue[] {
  const { agent, load } = evidence;
  if (agent === undefined || load === undefined) return [];
  const { measuredMs, requests } = load.result;
  const ratePerMs = measuredMs > 0 ? sum(requests, ({ count }) => count) / measuredMs : 0;
  if (ratePerMs === 0) return [];
  const uses = statementUses(agent, load);
  const lockedMs = lockedMsByRoute(uses, evidence.locks);
  const times = measuredRoutes(agent, load)
    .filter((route) => route.times !== null)
    .map((route) => timesOf(route, agent, lockedMs.get(route.route) ?? 0));
  const run: Run = { agent, load, uses, times, ratePerMs };
  return [processorQueue(run, evidence), connectionQueue(run)].filter((queue) => queue !== null);
}

interface Run {
  readonly agent: AgentArtifact;
  readonly load: LoadArtifact;
  readonly uses: readonly StatementUse[];
  readonly times: readonly DatabaseTimes[];
  /** Requests of the whole load. */
  readonly ratePerMs: number;
}

/** Mean milliseconds of a request of one route. */
interface DatabaseTimes extends Pick<RouteAtResource, 'route' | 'beforeMs' | 'requestShare'> {
  /** Statements run, other than waiting for locks. */
  readonly computedMs: number;
  readonly lockedMs: number;
  /** In line for a connection. */
  readonly pooledMs: number;
  /** The app's own computing, and before it saw the request. */
  readonly appMs: number;
}

function timesOf(measured: MeasuredRoute, agent: AgentArtifact, lockedMs: number): DatabaseTimes {
  const { route, times, insideMs, timeByTier, count } = measured;
  const connects = sum(
    agent.processes.flatMap(({ routes }) => routes),
    (each) => (`${each.method} ${each.route}` === route ? each.connects : 0),
  );
  const waited = Math.min(lockedMs, timeByTier.database);
  return {
    route,
    beforeMs: times?.meanMs ?? insideMs,
    requestShare: times?.requestShare ?? 0,
    computedMs: timeByTier.database - waited,
    lockedMs: waited,
    pooledMs: connects > mostConnects * count ? 0 : timeByTier.pool,
    appMs: timeByTier.compute + timeByTier.outside,
  };
}

/**
 * The processors of the database's machine. Where that is the app's as well, their number and how
 * busy they were is known, and the app's own processes take their part of them.
 */
function processorQueue(run: Run, evidence: QueueEvidence): DatabaseQueue | null {
  const { agent, load, uses, times, ratePerMs } = run;
  const processesOf = processCounter(run, evidence);
  const perStatement = meanProcesses(uses, processesOf);
  const workMs = meanOf(times, ({ computedMs }) => computedMs) * perStatement;
  const atWork = ratePerMs * workMs;
  const left = processorsLeft(evidence.target, agent);
  const { machineBusyShare } = agent;
  if (left !== null && (machineBusyShare ?? 0) < saturatedShare) return null;
  const processors = left ?? leastProcessors;
  if (atWork < processors) return null;
  const residenceMs = meanOf(times, ({ computedMs, pooledMs }) => computedMs + pooledMs);
  return {
    station: {
      residenceMs,
      servers: Math.max(1, processors / perStatement),
      offered: offeredBy(load, ratePerMs, residenceMs),
    },
    workMs,
    isKnown: left !== null,
    routes: times.map(
      ({ route, beforeMs, requestShare, computedMs, pooledMs, lockedMs, appMs }) => ({
        route,
        beforeMs,
        requestShare,
        residenceMs: computedMs + pooledMs,
        mostWaitingMs: computedMs + pooledMs,
        behindMs: lockedMs + (left === null ? 0 : appMs),
      }),
    ),
    processesOf,
    because:
      `${atWork.toFixed(1)} of the database’s processes have work at a time, and ` +
      (left === null
        ? 'how many processors it has is not known: only the upper end counts on it, as if there were two'
        : `the app leaves them ${left.toFixed(1)} processors`),
  };
}

/** The app's connections, each of which runs one statement at a time. */
function connectionQueue({ load, times, ratePerMs }: Run): DatabaseQueue | null {
  const waiting = ratePerMs * meanOf(times, ({ pooledMs }) => pooledMs);
  if (waiting < leastWaiting) return null;
  const workMs = meanOf(times, ({ computedMs, lockedMs }) => computedMs + lockedMs);
  const residenceMs = workMs + waiting / ratePerMs;
  return {
    station: {
      residenceMs,
      servers: Math.max(1, ratePerMs * workMs),
      offered: offeredBy(load, ratePerMs, residenceMs),
    },
    workMs,
    isKnown: true,
    routes: times.map(({ route, beforeMs, requestShare, computedMs, lockedMs, pooledMs }) => ({
      route,
      beforeMs,
      requestShare,
      residenceMs: computedMs + lockedMs + pooledMs,
      mostWaitingMs: pooledMs,
      behindMs: 0,
    })),
    processesOf: () => 1,
    because: `${waiting.toFixed(1)} requests at a time wait for a connection of the app’s pool`,
  };
}

/** Of a request of the load. */
function meanOf(times: readonly DatabaseTimes[], figure: (times: DatabaseTimes) => number): number {
  return sum(times, (each) => each.requestShare * figure(each));
}

function offeredBy({ result }: LoadArtifact, ratePerMs: number, residenceMs: number): Offered {
  const { profile, measuredMs } = result;
  if (profile.model === 'open') return { model: 'open', ratePerMs };
  const users = meanUsers(profile, measuredMs);
  return {
    model: 'closed',
    users,
    elsewhereMs: Math.max(0, users / ratePerMs - residenceMs),
  };
}

/** Processors the app's processes leave; null when the database is not known to be on their machine. */
function processorsLeft(target: TargetArtifact | undefined, agent: AgentArtifact): number | null {
  if (target?.database?.onMachine !== true || agent.machineBusyShare === undefined) return null;
  const taken = sum(agent.processes, ({ runtime }) =>
    runtime.length === 0 ? 0 : sum(runtime, ({ cpuShare }) => cpuShare) / runtime.length,
  );
  return Math.max(1, target.machine.cpuCount - taken);
}

/** A statement is worked on by its session and the parallel workers its plan asks for, as far as there are any. */
function processCounter(
  { agent, uses }: Run,
  { plans, catalog }: QueueEvidence,
): (text: string) => number {
  const planned = new Map(
    (plans?.plans ?? []).map(({ text, plan }) => [text, plan === null ? 0 : workersOf(plan)]),
  );
  const windowMs = Math.max(0, ...agent.processes.map((process) => process.windowMs));
  const asked = sum(uses, ({ text, waitedMs }) => waitedMs * (planned.get(text) ?? 0)) / windowMs;
  const setting = Number(catalog?.settings['max_parallel_workers']);
  const available = Number.isFinite(setting) ? setting : defaultParallelWorkers;
  const given = asked > available ? available / asked : 1;
  return (text) => 1 + (planned.get(text) ?? 0) * given;
}

/** The most workers any part of the plan asks for. */
function workersOf(plan: PlanNode): number {
  return Math.max(plan['Workers Planned'] ?? 0, ...(plan.Plans ?? []).map(workersOf));
}

function meanProcesses(
  uses: readonly StatementUse[],
  processesOf: (text: string) => number,
): number {
  const waitedMs = sum(uses, (use) => use.waitedMs);
  if (waitedMs === 0) return 1;
  return sum(uses, (use) => use.waitedMs * processesOf(use.text)) / waitedMs;
}

/** Mean milliseconds a request of a route waits for locks, by route. */
function lockedMsByRoute(
  uses: readonly StatementUse[],
  locks: LocksArtifact | undefined,
): ReadonlyMap<string, number> {
  const byRoute = new Map<string, number>();
  for (const { waitingStatement, waitedMs } of locks?.samples === 0 ? [] : (locks?.waits ?? [])) {
    const use = useOf(waitingStatement, uses);
    if (use === null || use.waitedMs <= 0) continue;
    const share = Math.min(1, waitedMs / use.waitedMs);
    for (const { measured, heldMs } of use.routes) {
      byRoute.set(measured.route, (byRoute.get(measured.route) ?? 0) + share * heldMs);
    }
  }
  return byRoute;
}
