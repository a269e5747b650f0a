import type { Span } from '@amdahl/agent/protocol';
import type { CatalogArtifact } from '../../artifacts/catalog.ts';
import { batchedShare, roundTripMs } from '../../predict/round-trips.ts';
import { columnTypes } from '../../sql/array-type.ts';
import { batchWrite, type BatchedWrite } from '../../sql/batch-writes.ts';
import { schemaOf } from '../../sql/schema.ts';
import { formatCount, listed } from '../../wording.ts';
import { isWrite, siteKey } from '../async/spans.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { keyOf, leastPerRequest, loopsOfUses, type LoopOfUses } from './loop-of-uses.ts';
import {
  addGains,
  codeDetail,
  gainOf,
  impactsOf,
  isWorthIt,
  routesTable,
  statementDetail,
  traceDetail,
} from './statement-finding.ts';
import { ownNeedShare, executionsOf } from './statement-loops.ts';
import { statementUses, type StatementRoute, type StatementUse } from './statement-use.ts';
import { readThenWriteFindings } from './read-then-write.ts';
import { transactionDetails } from './transactions.ts';

/**
 * PostgreSQL's manual has COPY as the fastest way to fill a table ("Populating a Database"); below
 * some thousand rows an INSERT of arrays needs no other protocol and is as good.
 */
const copyFrom = 1_000;

export const chattyTransaction: Audit = defineAudit({
  id: 'chatty-transaction',
  step: 'queries',
  title: 'Writes in more round trips than they need',
  description:
    'Rows are written one statement at a time, or a row is read and then changed by the same key. ' +
    'Each statement is a round trip, and while the app is on its way the transaction holds its locks.',
  needs: ['agent', 'load'],
  wants: ['catalog'],
  audit: ({ agent, load, catalog }) => {
    const uses = statementUses(agent, load);
    const rowByRow = loopsOfUses(writingUses(uses)).flatMap((loop) => rowsFinding(loop, catalog));
    return [...rowByRow, ...readThenWriteFindings(uses)];
  },
});

/** Writes of one row with the routes on which each request writes many. */
function writingUses(uses: readonly StatementUse[]): readonly StatementUse[] {
  return uses
    .filter(
      ({ text, exampleText, exampleParameters }) =>
        isWrite({ kind: 'statement', name: text } as Span) &&
        batchWrite(exampleText, exampleParameters) !== null,
    )
    .flatMap((use) => {
      const routes = use.routes.filter((route) => isManyRows(route) && !mustBeSeparate(use, route));
      return routes.length === 0 ? [] : [{ ...use, routes }];
    });
}

function isManyRows({ perRequest, distinctPerRequest }: StatementRoute): boolean {
  return perRequest >= leastPerRequest && distinctPerRequest >= leastPerRequest;
}

/**
 * Whether the writes cannot be one: each needs the row the one before returned; each follows work of
 * its own outside the database, whose outcome it records; each has a savepoint of its own, so that it
 * may fail alone; or a worker takes jobs one by one (SKIP LOCKED).
 */
function mustBeSeparate(use: StatementUse, { measured }: StatementRoute): boolean {
  const key = keyOf(use);
  return measured.traces.some((trace) => {
    const group = executionsOf(trace).find((each) => each.key === key);
    if (group === undefined || group.spans.length < leastPerRequest) return false;
    if (ownNeedShare(group) >= 0.5) return true;
    const isOther = ({ kind, name }: Span): boolean =>
      kind === 'http' ||
      kind === 'socket' ||
      (kind === 'statement' && /^\s*(savepoint|release)\b|\bskip\s+locked\b/i.test(name));
    const others = trace.spans.filter(isOther);
    const apart = group.spans.slice(1).filter((span, index) => {
      const before = group.spans[index] as Span;
      return others.some(({ startUs }) => startUs >= before.startUs && startUs <= span.startUs);
    });
    return apart.length >= (group.spans.length - 1) / 2;
  });
}

interface BatchedUse {
  readonly use: StatementUse;
  readonly batch: BatchedWrite;
}

function rowsFinding(
  { outer, beside, nested, seen }: LoopOfUses,
  catalog: CatalogArtifact | undefined,
): readonly Finding[] {
  const all = [outer, ...beside, ...nested].flatMap((use): readonly BatchedUse[] => {
    const types = columnTypes(use.exampleText, catalog === undefined ? null : schemaOf(catalog));
    const batch = batchWrite(use.exampleText, use.exampleParameters, types);
    return batch === null ? [] : [{ use, batch }];
  });
  const gains = addGains(
    all.flatMap(({ use }) =>
      use.routes.map((route) =>
        gainOf(
          route,
          batchedShare(route.perRequest, use.meanMs, {
            tripMs: roundTripMs(route.measured.traces),
            repeatsWork: true,
          }),
        ),
      ),
    ),
  );
  const [worst] = outer.routes;
  if (worst === undefined || all.length === 0 || !isWorthIt(gains)) return [];
  const rows = Math.round(worst.perRequest);
  const keys = new Set(all.map(({ use }) => keyOf(use)));
  const tables = listed([...new Set(all.map(({ batch }) => batch.table))]);
  const traces = seen === null ? worst.measured.traces : [seen.trace];
  return [
    {
      id: findingId('chatty-transaction', outer.text, stableSite(outer.callSite)),
      audit: 'chatty-transaction',
      step: 'queries',
      title: `${worst.measured.route} writes ${formatCount(rows)} rows of ${tables} one statement at a time`,
      where: outer.callSite,
      routes: impactsOf(gains),
      evidence: [
        ...all.map(({ use }) => statementDetail(use, 'For each row')),
        ...transactionDetails(traces[0], keys),
        ...codeDetail(outer.callSite),
        ...all.flatMap(({ use }) => routesTable(use)),
        ...traceDetail(traces, (span) => span.kind === 'statement' && keys.has(siteKey(span))),
      ],
      remedy: {
        title: 'Write all rows in one statement',
        risk: all.some(({ batch }) => batch.kind === 'update') ? 'medium' : 'low',
        actions: rowsActions(all, rows),
        change: {
          kind: 'diff',
          title: 'Once for all rows',
          language: 'sql',
          before: all.map(({ use }) => use.exampleText).join(';\n\n'),
          after: all.map(({ batch }) => batch.text).join(';\n\n'),
        },
        rollback: 'Write row by row again.',
      },
      prediction: {
        method: 'batching',
        explanation:
          `${formatCount(Math.max(0, worst.perRequest - 1) * all.length)} of ${formatCount(worst.perRequest * all.length)} round trips go. ` +
          'The rows are still written: at worst that takes all the time but the round trips, at best as long as one statement does today.',
        gains,
      },
    },
  ];
}

function rowsActions(all: readonly BatchedUse[], rows: number): readonly string[] {
  const kinds = new Set(all.map(({ batch }) => batch.kind));
  return [
    'Collect the rows first, then run the batched statement once, with an array for each parameter that changes.',
    ...(kinds.has('update')
      ? [
          'Give each key once: of a row given twice only one change is made, so add up amounts of the same key first.',
          'Sort the arrays by the key, so that two transactions lock the rows in the same order.',
        ]
      : []),
    ...(kinds.has('insert') && rows >= copyFrom ? ['With so many rows COPY is faster still.'] : []),
    'A row that is refused refuses them all: check what may fail first, or say so with ON CONFLICT.',
  ];
}
