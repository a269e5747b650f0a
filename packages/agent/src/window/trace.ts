import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Span, Trace } from '../protocol.ts';
import type { Operation } from '../requests/operation.ts';
import type { ServedRequest } from '../requests/request.ts';
import { StatementExecution } from '../statements/execution.ts';
import { dependenciesOf, type Dependencies } from './data-dependency.ts';
import type { RequestOutcome } from './route-stats.ts';

/** Spans kept of one trace, the first ones. */
export const maxSpans = 1_000;

const maxErrorLength = 200;
const maxUrlLength = 2_000;

/** `traceparent` of W3C Trace Context: version, trace id, parent id, flags. */
const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

/** The request as a trace, without how it was chosen. */
export function traceOf(
  request: ServedRequest,
  route: string,
  outcome: RequestOutcome,
): Omit<Trace, 'kind'> {
  const url = (request.message.url ?? '').slice(0, maxUrlLength);
  const operations = request.operations.slice(0, maxSpans);
  const dependencies = dependenciesOf(url, operations);
  return {
    traceId: traceIdOf(request),
    route,
    url,
    status: outcome.status,
    startedAtEpochMs: performance.timeOrigin + request.startedAt,
    durationUs: Math.round(outcome.budget.total),
    spans: operations.map((operation, id) =>
      spanOf(operation, id, request, outcome, dependencies[id]),
    ),
  };
}

/** Both ends are rounded, not the duration, so that what followed something still does. */
function spanOf(
  operation: Operation,
  id: number,
  request: ServedRequest,
  outcome: RequestOutcome,
  { needs, sources }: Dependencies = { needs: [], sources: [] },
): Span {
  const endedAt = operation.ended ? operation.endedAt : outcome.endedAt;
  const startUs = Math.round((operation.startedAt - request.startedAt) * 1_000);
  const endUs = Math.round((endedAt - request.startedAt) * 1_000);
  return {
    id,
    kind: operation.kind,
    name: operation.name,
    startUs,
    durationUs: endUs - startUs,
    callSite: operation.callSite,
    needs,
    ...(operation instanceof StatementExecution ? executionOf(operation) : {}),
    ...(sources.length === 0 ? {} : { sources }),
    ...(operation.error === undefined ? {} : { error: operation.error.slice(0, maxErrorLength) }),
  };
}

function executionOf(execution: StatementExecution): Partial<Span> {
  const { ended, error, connection } = execution;
  return {
    parameters: execution.parametersHash,
    ...(ended ? { rows: execution.rowCount } : {}),
    ...(ended && error === undefined ? { result: execution.resultDigest() } : {}),
    ...(connection === 0 ? {} : { connection }),
  };
}

function traceIdOf(request: ServedRequest): string {
  const header = request.message.headers['traceparent'];
  const sent = typeof header === 'string' ? traceparent.exec(header)?.[1] : undefined;
  return sent ?? randomBytes(16).toString('hex');
}
