import { formatMs } from '@amdahl/metrics';
import type { CatalogArtifact } from '../../artifacts/catalog.ts';
import type { ExperimentsArtifact } from '../../artifacts/experiments.ts';
import { batchedShare, poolWaitMs, roundTripMs } from '../../predict/round-trips.ts';
import { columnTypes } from '../../sql/array-type.ts';
import { batchStatement, runsOncePerValue, type BatchedStatement } from '../../sql/batch.ts';
import { recursiveStatement } from '../../sql/recursive.ts';
import { schemaOf } from '../../sql/schema.ts';
import { formatCount, formatShare, listed, shortened, shortPath } from '../../wording.ts';
import { siteKey } from '../async/spans.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Detail } from '../detail.ts';
import type { Finding, Remedy, RouteGain } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { databaseQueues, queueEvidence, type DatabaseQueue } from './database-queue.ts';
import { batchingCode, eagerLoading } from './eager-loading.ts';
import { keyOf, loopingUses, loopsOfUses, type LoopOfUses } from './loop-of-uses.ts';
import { withRelief } from './queue-relief.ts';
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
import { ownColumnOf } from './statement-loops.ts';
import { statementUses, type StatementUse } from './statement-use.ts';

export const nPlusOne: Audit = defineAudit({
  id: 'n-plus-one',
  step: 'queries',
  title: 'Statements repeated for each row',
  description:
    'A request reads a list and then asks the database again for each of its rows, one after the ' +
    'other or all at once. Each of these statements pays for a round trip; one statement for all ' +
    'rows pays once.',
  needs: ['agent', 'load'],
  wants: ['catalog', 'experiments', ...queueEvidence],
  audit: ({ experiments, ...run }) => {
    const { agent, load, catalog } = run;
    const known: Known = { catalog, experiments, queues: databaseQueues(run) };
    return loopsOfUses(loopingUses(statementUses(agent, load))).flatMap((loop) =>
      isPaging(loop) ? [] : toFinding(loop, known),
    );
  },
});

/** Each page is asked for with the last row of the one before: none of them can be asked for sooner. */
function isPaging({ outer, seen }: LoopOfUses): boolean {
  return seen?.loop.followsItself === true && /\b(limit|fetch\s+(first|next))\b/i.test(outer.text);
}

/** A statement with its batched form and what that would save. */
interface Batching {
  readonly use: StatementUse;
  readonly batch: BatchedStatement | null;
  readonly gains: readonly RouteGain[];
  readonly workShare: number | null;
}

/** What the database is known to be like. */
interface Known {
  readonly catalog: CatalogArtifact | undefined;
  readonly experiments: ExperimentsArtifact | undefined;
  readonly queues: readonly DatabaseQueue[];
}

/** Share of the loop's work that the batch does, as the lab planned it; null when it did not. */
function workShareOf(
  { text }: StatementUse,
  batch: BatchedStatement | null,
  experiments: ExperimentsArtifact | undefined,
): number | null {
  const tried = experiments?.batches?.find(
    (each) => each.text === text && each.parameters.join() === batch?.parameters.join(),
  );
  if (tried === undefined || tried.costOfOne <= 0) return null;
  return Math.min(1, tried.costOfBatch / (tried.values * tried.costOfOne));
}

function batchingOf(use: StatementUse, { catalog, experiments }: Known): Batching {
  const types = columnTypes(use.exampleText, catalog === undefined ? null : schemaOf(catalog));
  const batch = batchStatement(use.exampleText, use.exampleParameters, types);
  const repeatsWork = batch !== null && runsOncePerValue(batch);
  const workShare = workShareOf(use, batch, experiments);
  const gains = use.routes.map((route) => {
    const { measured, heldMs, perRequest } = route;
    const tripMs = roundTripMs(measured.traces);
    const waitMs = poolWaitMs(
      measured,
      (span) => span.kind === 'statement' && siteKey(span) === keyOf(use),
    );
    return gainOf(
      { ...route, heldMs: heldMs + waitMs },
      batchedShare(perRequest, use.meanMs, { tripMs, repeatsWork, workShare }),
    );
  });
  return { use, batch, gains, workShare };
}

function toFinding(loop: LoopOfUses, known: Known): readonly Finding[] {
  const { outer, beside, nested, seen } = loop;
  const all = [outer, ...beside, ...nested].map((use) => batchingOf(use, known));
  const [first] = all as [Batching, ...Batching[]];
  const gains = addGains(all.flatMap((each) => each.gains));
  const [worst] = outer.routes;
  if (worst === undefined || !isWorthIt(gains)) return [];
  const column = seen?.loop.followsItself === true ? ownColumnOf(seen.loop.outer) : null;
  const recursive =
    column === null ? null : recursiveStatement(outer.exampleText, outer.exampleParameters, column);
  const keys = new Set(all.map(({ use }) => keyOf(use)));
  return [
    {
      id: findingId('n-plus-one', outer.text, stableSite(outer.callSite)),
      audit: 'n-plus-one',
      step: 'queries',
      title: titleOf(loop),
      where: outer.callSite,
      routes: impactsOf(gains),
      evidence: [
        ...all.map(({ use }, index) => statementDetail(use, labelOf(loop, index))),
        ...sourceDetail(loop),
        ...codeDetail(outer.callSite),
        ...all.flatMap(({ use }) => routesTable(use)),
        ...traceDetail(
          seen === null ? worst.measured.traces : [seen.trace],
          (span) => span.kind === 'statement' && keys.has(siteKey(span)),
        ),
        ...(recursive === null
          ? [batchingCode(outer.callSite, seen?.loop.source?.callSite ?? null, first.batch)]
          : []),
      ],
      remedy: recursive === null ? batchRemedy(loop, all) : treeRemedy(outer, recursive),
      prediction: withRelief(
        { method: 'batching', explanation: explanationOf(all, gains), gains },
        // Under saturation the time of a short lookup is mostly waiting: little work may go with it.
        all.map(({ use, gains: saved }) => ({
          text: use.text,
          gains: saved,
          workShare: { mid: 0, high: 1 },
        })),
        known.queues,
      ),
    },
  ];
}

function explanationOf(all: readonly Batching[], gains: readonly RouteGain[]): string {
  const each = all.map(
    ({ use, workShare }) =>
      `Of ${timesOf(use)} executions of ${formatMs(use.meanMs)} one remains. ` +
      (workShare === null
        ? ''
        : `Planned in the database lab, it does ${formatShare(workShare)} of their work. `),
  );
  const waits = gains.map(
    ({ route, boundMs, beforeMs }) =>
      `${route} waits ${formatMs(boundMs)} for them, ${formatShare(beforeMs > 0 ? boundMs / beforeMs : 0)} of its time`,
  );
  return `${each.join('')}${keptBy(all)}; ${listed(waits)}.`;
}

function keptBy(all: readonly Batching[]): string {
  return all.some(({ batch }) => batch !== null && runsOncePerValue(batch))
    ? 'At best it takes as long as one does today, at worst only the round trips are saved, because it does the work of all'
    : 'At best it takes as long as one does today, at worst a third of all together because it returns all their rows';
}

function timesOf(use: StatementUse): string {
  return formatCount(Math.round(use.routes[0]?.perRequest ?? 0));
}

function titleOf({ outer, beside, nested, seen }: LoopOfUses): string {
  const route = outer.routes[0]?.measured.route ?? '';
  const quoted = (use: StatementUse): string => `"${shortened(use.text, 60)}"`;
  const times = timesOf(outer);
  if (seen?.loop.followsItself === true) {
    return `${route} walks a tree with "${shortened(outer.text, 60)}", ${times} times per request`;
  }
  const within = nested.map((use) => `, and within it ${quoted(use)} ${timesOf(use)} times`);
  if (beside.length === 0) {
    return `${route} runs ${quoted(outer)} ${times} times per request${within.join('')}`;
  }
  const statements = listed([outer, ...beside].map(quoted));
  return `${route} runs ${beside.length + 1} statements for each of ${times} rows: ${statements}${within.join('')}`;
}

function labelOf({ beside, nested }: LoopOfUses, index: number): string {
  if (beside.length + nested.length === 0) return 'The statement';
  if (index === 0) return 'For each row';
  return index <= beside.length
    ? 'For each row, too'
    : 'For each of its rows: a loop within the loop, which goes with the outer one';
}

/** The statement whose rows the loop goes over. */
function sourceDetail({ seen }: LoopOfUses): readonly Detail[] {
  const source = seen?.loop.source ?? null;
  if (source === null) return [];
  const { statement, callSite, column } = source;
  const place = callSite === null ? '' : `, read in ${shortPath(callSite.file)}:${callSite.line}`;
  return [
    {
      kind: 'statement',
      title: `Its values are the column ${column} of this result${place}`,
      sql: statement,
    },
  ];
}

function batchRemedy(
  { outer, beside, nested, seen }: LoopOfUses,
  all: readonly Batching[],
): Remedy {
  const [{ batch }] = all as [Batching, ...Batching[]];
  const source = seen?.loop.source ?? null;
  const isOneValue = source !== null && (batch?.columns.length ?? 1) === 1;
  const values = isOneValue ? `the values of ${source.column}` : 'the values';
  const column = batch?.columns[0] ?? 'id';
  const eager = eagerLoading(outer.callSite, outer.exampleText, column);
  const key = batch === null ? 'the value asked for' : listed(batch.columns);
  const parameters = batch?.parameters.map((number) => `$${number}`) ?? [];
  const batched = all.filter((each) => each.batch !== null);
  return {
    title: 'Ask once for all rows',
    risk: 'low',
    actions: [
      `Collect ${values} of the whole list first.`,
      batch === null
        ? 'Run one statement for all of them, with = ANY($1) or a join.'
        : `Run the batched statement once, with ${parameters.length === 1 ? 'an array' : 'arrays'} of the values as ${listed(parameters)}.`,
      ...(beside.length > 0 ? ['Do the same for the other statements of the loop.'] : []),
      ...(nested.length > 0
        ? [
            'Then the inner loop: its values are now rows of one result, so one statement serves it as well.',
          ]
        : []),
      `Put its rows into a Map by ${key} and take each from there${eager === null ? '; with an ORM, load the relation eagerly' : ''}.`,
      ...(eager === null ? [] : [eager]),
    ],
    change:
      batched.length === 0
        ? null
        : {
            kind: 'diff',
            title: 'Once for all rows',
            language: 'sql',
            before: batched.map(({ use }) => use.exampleText).join(';\n\n'),
            after: batched.map((each) => each.batch?.text ?? '').join(';\n\n'),
          },
    rollback: 'Run the statement for each row again.',
  };
}

function treeRemedy(use: StatementUse, recursive: string): Remedy {
  return {
    title: 'Walk the tree in one statement',
    risk: 'low',
    actions: [
      'Run the recursive statement once; it answers every row below (or above) the first with its depth.',
      'Build the tree from the rows in the app.',
      'Add CYCLE to it when the data may have circles, and a condition on depth when only some levels are shown.',
    ],
    change: {
      kind: 'diff',
      title: 'Once for the whole tree',
      language: 'sql',
      before: use.exampleText,
      after: recursive,
    },
    rollback: 'Ask level by level again.',
  };
}
