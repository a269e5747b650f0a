import type { Artifacts } from '../../artifacts/artifacts.ts';
import type { CatalogArtifact } from '../../artifacts/catalog.ts';
import type {
  ExperimentEffect,
  ExperimentsArtifact,
  IndexExperiment,
  IndexSelection,
  SelectedIndex,
} from '../../artifacts/experiments.ts';
import { concurrently, indexName } from '../../sql/index-definition.ts';
import { schemaOf } from '../../sql/schema.ts';
import { counted, formatBytes, formatCount, formatShare, shortened } from '../../wording.ts';
import type { Detail } from '../detail.ts';
import type { Finding, Remedy, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { chooseIndexes, type ChosenIndex } from './choose-indexes.ts';
import type { DatabaseQueue } from './database-queue.ts';
import { explainPlannerGain, plannerClock, plannerGains, savedShare } from './planner-gain.ts';
import { ownGains, withRelief, type SavedTime } from './queue-relief.ts';
import { codeDetail, impactsOf, isWorthIt, statementDetail } from './statement-finding.ts';
import { sum, type StatementUse } from './statement-use.ts';

/** Which experiments an audit reports, and what it says of them. */
export interface IndexAudit {
  readonly audit: string;
  readonly isMine: (experiment: IndexExperiment) => boolean;
  readonly title: (experiment: IndexExperiment) => string;
  /** Something to heed beyond what holds for every index. */
  readonly advice?: (experiment: IndexExperiment) => readonly string[];
}

/** A statement cheaper than this has found its rows already; Dexter draws the line here too. */
const leastCost = 100;
/** It must become this much cheaper to be a reason for an index (Dexter asks for half). */
const leastCostSaving = 0.3;
/** An index with INCLUDE beyond this share of its table's size is a second copy of the table. */
const mostShareOfTable = 0.5;

export interface IndexEvidence extends Pick<Artifacts, 'catalog' | 'experiments'> {
  readonly uses: readonly StatementUse[];
  /** Lines that requests stand in for the database. */
  readonly queues: readonly DatabaseQueue[];
}

/** One finding for each index that is worth building, chosen for the workload as a whole. */
export function indexFindings(
  audit: IndexAudit,
  { uses: all, queues, catalog, experiments }: IndexEvidence,
): readonly Finding[] {
  const byText = Map.groupBy(all, (use) => use.text);
  const clock = plannerClock(experiments, all);
  const usesOf = ({ text }: ExperimentEffect): readonly StatementUse[] => byText.get(text) ?? [];
  const savedBy = (effects: readonly ExperimentEffect[]): readonly SavedTime[] =>
    effects.map((effect) => ({
      text: effect.text,
      gains: usesOf(effect).flatMap((use) => plannerGains(use, effect, clock)),
    }));
  const gainsOf = (effects: readonly ExperimentEffect[]): readonly RouteGain[] =>
    ownGains(savedBy(effects));
  const savedMs = (effect: ExperimentEffect): number =>
    sum(usesOf(effect), (use) => use.waitedMs * savedShare(use, effect, clock).mid);
  const worthIt = (effects: readonly ExperimentEffect[]): boolean => isWorthIt(gainsOf(effects));
  const { selection } = experiments;
  const chosen =
    selection === undefined
      ? chooseIndexes(offeredBy(audit, experiments, catalog), savedMs, worthIt)
      : selectedBy(audit, selection).filter(({ effects }) => worthIt(effects));
  return chosen.map(({ experiment, effects }) => {
    const uses = effects.flatMap(usesOf).toSorted((a, b) => b.waitedMs - a.waitedMs);
    const gains = gainsOf(effects);
    const served = { ...experiment, effects };
    const remedy = indexRemedy(served, catalog);
    return {
      id: findingId(audit.audit, experiment.table, experiment.definition),
      audit: audit.audit,
      step: 'queries',
      title: audit.title(served),
      where: uses[0]?.callSite ?? null,
      routes: impactsOf(gains),
      evidence: evidenceOf(served, uses),
      remedy: { ...remedy, actions: [...remedy.actions, ...(audit.advice?.(served) ?? [])] },
      prediction: withRelief(
        { method: 'planner-cost', explanation: explainPlannerGain(experiments), gains },
        savedBy(effects),
        queues,
      ),
    };
  });
}

/** What was selected in the lab, each set planned anew. */
function selectedBy(audit: IndexAudit, { indexes }: IndexSelection): readonly ChosenIndex[] {
  return indexes.filter(audit.isMine).map((experiment) => {
    const reasons = experiment.effects.filter(isReason);
    // A little of very much is a reason too: then the search has seen to it.
    return { experiment, effects: reasons.length > 0 ? reasons : experiment.effects };
  });
}

/** What was tried alone, for recordings made before there was a selection. */
function offeredBy(
  audit: IndexAudit,
  { indexes }: ExperimentsArtifact,
  catalog: CatalogArtifact,
): readonly IndexExperiment[] {
  return indexes
    .filter((experiment) => audit.isMine(experiment) && !isSecondTable(experiment, catalog))
    .map((experiment) => ({ ...experiment, effects: experiment.effects.filter(isReason) }));
}

function isReason({ costBefore, costAfter }: ExperimentEffect): boolean {
  return costBefore >= leastCost && costAfter <= costBefore * (1 - leastCostSaving);
}

function isSecondTable(experiment: IndexExperiment, catalog: CatalogArtifact): boolean {
  const table = schemaOf(catalog).tableNamed(experiment.table);
  const share = experiment.estimatedSizeBytes / Math.max(table?.sizeBytes ?? 0, 1);
  return experiment.definition.includes(' INCLUDE (') && share > mostShareOfTable;
}

function evidenceOf(
  { effects }: IndexExperiment,
  [slowest]: readonly StatementUse[],
): readonly Detail[] {
  const main = effects.find((effect) => effect.text === slowest?.text) ?? effects[0];
  return [
    ...(slowest === undefined ? [] : [statementDetail(slowest)]),
    ...codeDetail(slowest?.callSite ?? null),
    {
      kind: 'table',
      title: 'Statements it serves',
      columns: [
        { label: 'Statement', unit: 'none' },
        { label: 'Cost without the index', unit: 'count' },
        { label: 'Cost with the index', unit: 'count' },
      ],
      rows: effects.map(({ text, costBefore, costAfter }) => [
        shortened(text, 120),
        costBefore,
        costAfter,
      ]),
    },
    ...(main === undefined ? [] : plansOf(main)),
  ];
}

/** The plan as it is and as it would be. */
export function plansOf({ planBefore, planAfter }: ExperimentEffect): readonly Detail[] {
  return [
    { kind: 'plan', title: 'Plan today', plan: planBefore },
    { kind: 'plan', title: 'Plan then', plan: planAfter },
  ];
}

/** How to build the index on a live database, what it costs there, and how to take it back. */
function indexRemedy(experiment: IndexExperiment, catalog: CatalogArtifact): Remedy {
  const { definition, requires, estimatedSizeBytes } = experiment;
  const schema = schemaOf(catalog);
  const table = schema.tableNamed(experiment.table);
  const { inserted = 0, updated = 0, deleted = 0 } = table?.writes ?? {};
  const others = table === null ? 0 : schema.indexesOf(table).length;
  const beside = table === null ? '' : ` beside a table of ${formatBytes(table.sizeBytes)}`;
  const extension = requires === undefined ? '' : `CREATE EXTENSION IF NOT EXISTS ${requires};\n`;
  return {
    title: `Build ${indexName(definition)}`,
    risk: 'low',
    actions: [
      'Run the migration outside a transaction. CONCURRENTLY reads the table twice and blocks neither reads nor writes; only other changes to the table’s schema wait.',
      `It takes about ${formatBytes(estimatedSizeBytes)} of disk${beside}.`,
      ...standingBeside(experiment),
      ...upkeepOf(experiment),
      `Writes to ${experiment.table} (${formatCount(inserted)} inserts, ${formatCount(updated)} updates, ${formatCount(deleted)} deletes so far) keep it up to date from then on, beside ${counted(others, 'index', 'indexes')} already there.`,
    ],
    change: {
      kind: 'statement',
      title: 'Migration',
      sql: `${extension}${concurrently(definition)};`,
    },
    rollback: `DROP INDEX CONCURRENTLY ${indexName(definition)};`,
    builds: [
      {
        table: experiment.table,
        definition,
        kind: experiment.kind ?? 'texts',
        estimatedSizeBytes,
        ...(requires === undefined ? {} : { requires }),
      },
    ],
  };
}

/** Why an index is built whose keys another one begins with. */
function standingBeside(experiment: IndexExperiment): readonly string[] {
  const { beside } = experiment as Partial<SelectedIndex>;
  return beside === undefined
    ? []
    : [
        `${beside.index} (${formatBytes(beside.sizeBytes)}) begins with the same columns and stays. This one is for the pages it spares: equal keys are stored once, while further keys make all of them different. Statements that use it go back to ${beside.index} when it is dropped.`,
      ];
}

/** What it takes of the captured writes, when the selection weighed that. */
function upkeepOf(experiment: IndexExperiment): readonly string[] {
  const { savedMs = 0, overheadMs = 0 } = experiment as Partial<SelectedIndex>;
  if (overheadMs <= 0 || savedMs <= 0) return [];
  const share = overheadMs / savedMs;
  // As formatShare draws the line: "about < 0.1 %" is no English.
  const howMuch = share < 0.001 ? 'less than 0.1 %' : `about ${formatShare(share)}`;
  return [`Keeping it takes the captured writes ${howMuch} of the time it saves the statements.`];
}
