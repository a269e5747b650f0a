import type { CodeFrame } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import type { AgentArtifact } from '../../artifacts/artifacts.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { measuredRoutes, type MeasuredRoute } from '../../predict/time-budget.ts';
import { formatCount, formatShare, listed } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { codeDetail, impactsOf, traceDetail } from './statement-finding.ts';
import { sum } from './statement-use.ts';

/** A pool that is warm opens next to none; from here on it is a habit and no warm-up. */
const leastConnectsPerRequest = 0.5;
/** Fewer requests could all belong to the warm-up. */
const leastRequests = 20;

export const connectionPerRequest: Audit = defineAudit({
  id: 'connection-per-request',
  step: 'queries',
  title: 'Connections opened for one request',
  description:
    'Requests open a database connection of their own and close it again. For each the server starts ' +
    'a process, checks the password and reads its catalogs, before the first statement; and the number ' +
    'of connections grows with the load until the server refuses more.',
  needs: ['agent', 'load'],
  audit: ({ agent, load }) => {
    const opening = measuredRoutes(agent, load)
      .map((route) => ({ route, connects: connectsPerRequest(agent, route) }))
      .filter(
        ({ route, connects }) =>
          connects >= leastConnectsPerRequest && route.count >= leastRequests,
      );
    return opening.length === 0 ? [] : [toFinding(opening)];
  },
});

interface Opening {
  readonly route: MeasuredRoute;
  readonly connects: number;
}

function connectsPerRequest(agent: AgentArtifact, { route, count }: MeasuredRoute): number {
  const aggregates = agent.processes
    .flatMap((process) => process.routes)
    .filter((aggregate) => `${aggregate.method} ${aggregate.route}` === route);
  return sum(aggregates, (aggregate) => aggregate.connects) / count;
}

function toFinding(opening: readonly Opening[]): Finding {
  const sorted = opening.toSorted((a, b) => waitOf(b) * b.route.count - waitOf(a) * a.route.count);
  const [worst] = sorted as [Opening, ...Opening[]];
  const gains = sorted.map(({ route }) => {
    const heldMs = route.timeByTier.pool;
    return boundedGain(route.route, route.times?.meanMs ?? route.insideMs, heldMs, {
      low: heldMs * 0.5,
      mid: heldMs * 0.95,
      high: heldMs,
    });
  });
  const where = siteOf(worst.route);
  return {
    id: findingId('connection-per-request', ...sorted.map(({ route }) => route.route).sort()),
    audit: 'connection-per-request',
    step: 'queries',
    title: `${worst.route.route} opens ${connectionsOf(worst)} for each request and waits ${formatMs(waitOf(worst))} for it`,
    where,
    routes: impactsOf(gains),
    evidence: [
      ...codeDetail(where),
      {
        kind: 'table',
        title: 'Routes that open connections',
        columns: [
          { label: 'Route', unit: 'none' },
          { label: 'Connections per request', unit: 'count' },
          { label: 'Waits for them', unit: 'ms' },
          { label: 'Share of time in the app', unit: 'share' },
        ],
        rows: sorted.map((each) => [
          each.route.route,
          each.connects,
          waitOf(each),
          each.route.insideMs > 0 ? waitOf(each) / each.route.insideMs : 0,
        ]),
      },
      ...traceDetail(worst.route.traces, (span) => span.kind === 'connect'),
    ],
    remedy: {
      title: 'Share a pool of connections',
      risk: 'low',
      actions: [
        'Make one pool when the app starts and take connections from it; give each back in a finally block.',
        'Let it be small: about twice the database’s cores is where more connections stop helping.',
        'Set a timeout for waiting: the default of node-postgres is to wait for ever.',
      ],
      change: {
        kind: 'diff',
        title: 'A pool',
        language: 'typescript',
        before: [
          'const client = new Client(configuration);',
          'await client.connect();',
          'const result = await client.query(text, values);',
          'await client.end();',
        ].join('\n'),
        after: [
          '// once, when the app starts',
          'const pool = new Pool({ ...configuration, max: 10, connectionTimeoutMillis: 5_000 });',
          '// per request',
          'const result = await pool.query(text, values);',
        ].join('\n'),
      },
      rollback: 'Open a connection per request again.',
    },
    prediction: {
      method: 'time-budget',
      explanation:
        `${listed(sorted.map((each) => `${each.route.route} spends ${formatShare(waitOf(each) / Math.max(each.route.insideMs, waitOf(each)))} of its time waiting for a connection to open`))}. ` +
        `A warm pool hands one out in microseconds; the lower end leaves half the wait for when it is empty.`,
      gains,
    },
  };
}

function waitOf({ route }: Opening): number {
  return route.timeByTier.pool;
}

function connectionsOf({ connects }: Opening): string {
  return connects < 1.5 ? 'a database connection' : `${formatCount(connects)} database connections`;
}

/** Where the connection is opened, or where the first statement after it is sent. */
function siteOf({ traces }: MeasuredRoute): CodeFrame | null {
  for (const { spans } of traces) {
    const connect = spans.find((span) => span.kind === 'connect');
    if (connect === undefined) continue;
    const openedUs = connect.startUs + connect.durationUs;
    const first = spans.find((span) => span.kind === 'statement' && span.startUs >= openedUs);
    const site = connect.callSite ?? first?.callSite ?? null;
    if (site !== null) return site;
  }
  return null;
}
