import type { Audit } from './audit.ts';
import { blockedEventLoop } from './async/blocked-event-loop.ts';
import { deferrableWork } from './async/deferrable-work.ts';
import { fanOut } from './async/fan-out.ts';
import { sequentialIo } from './async/sequential-io.ts';
import { repeatedRead } from './queries/repeated-read.ts';
import { uncacheableResponse } from './cache/uncacheable-response.ts';
import { uncompressedResponse } from './cache/uncompressed-response.ts';
import { connectionPerRequest } from './queries/connection-per-request.ts';
import { deepOffset } from './queries/deep-offset.ts';
import { largeResult } from './queries/large-result.ts';
import { deadlock } from './queries/deadlock.ts';
import { idleInTransaction } from './queries/idle-in-transaction.ts';
import { lockContention } from './queries/lock-contention.ts';
import { schemaLockQueue } from './queries/schema-lock-queue.ts';
import { missingIndex } from './queries/missing-index.ts';
import { chattyTransaction } from './queries/chatty-transaction.ts';
import { duplicateStatement } from './queries/duplicate-statement.ts';
import { nPlusOne } from './queries/n-plus-one.ts';
import { nonSargablePredicate } from './queries/non-sargable-predicate.ts';
import { redundantIndex } from './queries/redundant-index.ts';
import { unusedIndex } from './queries/unused-index.ts';
import { overIndexedTable } from './queries/over-indexed-table.ts';
import { invalidIndex } from './queries/invalid-index.ts';
import { selectStar } from './queries/select-star.ts';
import { correlatedSubquery } from './queries/correlated-subquery.ts';
import { distinctFanOut } from './queries/distinct-fan-out.ts';
import { existenceCount } from './queries/existence-count.ts';
import { havingWithoutAggregate } from './queries/having-without-aggregate.ts';
import { implicitCast } from './queries/implicit-cast.ts';
import { notInSubquery } from './queries/not-in-subquery.ts';
import { orAcrossColumns } from './queries/or-across-columns.ts';
import { randomOrder } from './queries/random-order.ts';
import { unboundedResult } from './queries/unbounded-result.ts';
import { sequentialScan } from './queries/sequential-scan.ts';
import { rowsRemoved } from './queries/rows-removed.ts';
import { rowMisestimate } from './queries/row-misestimate.ts';
import { diskSpill } from './queries/disk-spill.ts';
import { nestedLoop } from './queries/nested-loop.ts';
import { heapFetches } from './queries/heap-fetches.ts';
import { jitOverhead } from './queries/jit-overhead.ts';
import { planningOverhead } from './queries/planning-overhead.ts';
import { genericPlan } from './queries/generic-plan.ts';
import { bufferMisses } from './queries/buffer-misses.ts';
import { missingWorkers } from './queries/missing-workers.ts';
import { triggerOverhead } from './queries/trigger-overhead.ts';
import { renderBlocking } from './front-end/render-blocking.ts';
import { routeObjective } from './measure/route-objective.ts';
import { memoryGrowth } from './scale/memory-growth.ts';
import { saturation } from './scale/saturation.ts';

/** Every audit, in the order of the checklist's steps. */
export const audits: readonly Audit[] = [
  routeObjective,
  repeatedRead,
  uncacheableResponse,
  uncompressedResponse,
  missingIndex,
  redundantIndex,
  unusedIndex,
  overIndexedTable,
  invalidIndex,
  nonSargablePredicate,
  implicitCast,
  notInSubquery,
  orAcrossColumns,
  existenceCount,
  randomOrder,
  distinctFanOut,
  correlatedSubquery,
  havingWithoutAggregate,
  nPlusOne,
  duplicateStatement,
  chattyTransaction,
  selectStar,
  deepOffset,
  largeResult,
  unboundedResult,
  sequentialScan,
  rowsRemoved,
  rowMisestimate,
  diskSpill,
  nestedLoop,
  heapFetches,
  jitOverhead,
  planningOverhead,
  genericPlan,
  bufferMisses,
  missingWorkers,
  triggerOverhead,
  lockContention,
  deadlock,
  schemaLockQueue,
  idleInTransaction,
  connectionPerRequest,
  sequentialIo,
  blockedEventLoop,
  deferrableWork,
  fanOut,
  renderBlocking,
  memoryGrowth,
  saturation,
];
