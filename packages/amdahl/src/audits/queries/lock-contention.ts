import { formatMs } from '@amdahl/metrics';
import type { LocksArtifact, LockWait } from '../../artifacts/locks.ts';
import { fingerprint } from '../../sql/parser.ts';
import { shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import {
  codeDetail,
  gainOf,
  impactsOf,
  isWorthIt,
  routesTable,
  statementDetail,
} from './statement-finding.ts';
import { statementUses, sum, type StatementUse } from './statement-use.ts';

/** Fewer sightings are chance: at ten samples a second this is half a second of waiting. */
const leastSamples = 5;
/** `pg_stat_activity` cuts statements at `track_activity_query_size`, by default 1024 bytes. */
const leastCutLength = 1_023;

export const lockContention: Audit = defineAudit({
  id: 'lock-contention',
  step: 'queries',
  title: 'Statements that wait for each other',
  description:
    'A transaction holds a lock while it does something slow, and everyone who wants the same row ' +
    'stands in line. More load makes the line longer, not the throughput higher.',
  needs: ['agent', 'load', 'locks'],
  audit: ({ agent, load, locks }) => {
    const uses = statementUses(agent, load);
    const groups = Map.groupBy(locks.waits, (wait) => wait.waitingStatement);
    return [...groups.values()].flatMap((waits) => toFinding(waits, uses, locks));
  },
});

/** The captured statement that the server shows as this text. */
function useOf(statement: string, uses: readonly StatementUse[]): StatementUse | null {
  const shown = statement.trim();
  const isCut = Buffer.byteLength(shown) >= leastCutLength;
  return (
    uses.find((use) => use.exampleText.trim() === shown) ??
    uses.find((use) =>
      isCut
        ? use.exampleText.trim().startsWith(shown)
        : fingerprint(use.exampleText) === fingerprint(shown),
    ) ??
    null
  );
}

function toFinding(
  waits: readonly LockWait[],
  uses: readonly StatementUse[],
  locks: LocksArtifact,
): readonly Finding[] {
  const samples = sum(waits, (wait) => wait.samples);
  const [main] = waits.toSorted((a, b) => b.samples - a.samples);
  const waiting = main === undefined ? null : useOf(main.waitingStatement, uses);
  if (main === undefined || waiting === null || samples < leastSamples) return [];
  const waitedMs = samples * locks.intervalMs;
  // Sampled waits cannot be more than what the statement took.
  const share = Math.min(1, waitedMs / (waiting.meanMs * waiting.count));
  const gains = waiting.routes.map((route) =>
    gainOf(route, { low: share * 0.3, mid: share * 0.7, high: share }),
  );
  if (!isWorthIt(gains)) return [];
  const blocking = useOf(main.blockingStatement, uses);
  const where = waiting.callSite ?? blocking?.callSite ?? null;
  const isIdle = main.blockingState.startsWith('idle in transaction');
  const longest = Math.max(...waits.map((wait) => wait.longestWaitMs));
  return [
    {
      id: findingId('lock-contention', waiting.text),
      audit: 'lock-contention',
      step: 'queries',
      title: `"${shortened(waiting.text, 60)}" waits for locks, up to ${formatMs(longest)}, while a transaction ${isIdle ? 'does something else' : 'is at work'}`,
      where,
      routes: impactsOf(gains),
      evidence: [
        statementDetail(waiting, 'Waits'),
        {
          kind: 'statement',
          title: isIdle
            ? 'Ran last in the transaction it waits for'
            : 'Runs in the transaction it waits for',
          sql: main.blockingStatement,
        },
        ...codeDetail(where),
        ...(blocking === null || blocking === waiting ? [] : codeDetail(blocking.callSite)),
        waitsTable(waits, locks.intervalMs),
        routesTable(waiting),
      ],
      remedy: {
        title: 'Hold the lock for as short as it takes',
        risk: 'medium',
        actions: [
          isIdle
            ? 'Between its statements the transaction waits for something outside the database (a call, a mail, computing): do that before it begins or after it commits.'
            : 'Make the transaction’s own statements fast first: whatever they lack, everyone in line lacks too.',
          'Put the statement that takes the contended lock last, just before COMMIT.',
          'Replace SELECT … FOR UPDATE with one conditional UPDATE (SET stock = stock - $1 WHERE id = $2 AND stock >= $1) where that is all it guards.',
          'Take locks in the same order everywhere, and set lock_timeout so that a line cannot grow without end.',
        ],
        change: null,
        rollback: 'Put the work back into the transaction.',
      },
      prediction: {
        method: 'lock-samples',
        explanation:
          `Seen waiting in ${samples} of the samples taken every ${formatMs(locks.intervalMs)}, together ${formatMs(waitedMs)} of the ` +
          `${formatMs(waiting.meanMs * waiting.count)} that the statement took. How much of the line remains depends on how short the ` +
          `transaction becomes: 30 to 100 % of the wait goes.`,
        gains,
      },
    },
  ];
}

function waitsTable(waits: readonly LockWait[], intervalMs: number): Finding['evidence'][number] {
  return {
    kind: 'table',
    title: 'Who it waits for',
    columns: [
      { label: 'Blocking statement', unit: 'none' },
      { label: 'Its session', unit: 'none' },
      { label: 'Waited', unit: 'ms' },
      { label: 'Longest', unit: 'ms' },
    ],
    rows: waits.map((wait) => [
      shortened(wait.blockingStatement, 100),
      wait.blockingState,
      wait.samples * intervalMs,
      wait.longestWaitMs,
    ]),
  };
}
