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
import { selectStar } from './queries/select-star.ts';
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
  nonSargablePredicate,
  nPlusOne,
  duplicateStatement,
  chattyTransaction,
  selectStar,
  deepOffset,
  largeResult,
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
