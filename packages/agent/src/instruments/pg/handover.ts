import type { CodeFrame } from '../../protocol.ts';
import type { ServedRequest } from '../../requests/request.ts';
import type { StatementShape } from '../../statements/shape.ts';
import type { Operation } from '../../requests/operation.ts';

/** A call of `pool.query`. */
export interface PoolQuery {
  readonly shape: StatementShape;
  readonly request: ServedRequest | null;
  readonly callSite: CodeFrame | null;
}

/**
 * What pg's pool tells pg's client across a call that happens at once, on one stack: the client
 * does not know for whom the pool queries, nor that it is the pool that opens it.
 */
export interface Handover {
  /** The `pool.query` behind the call; null when the client is called by the app itself. */
  query: PoolQuery | null;
  /** The wait for the connection that the pool is opening. */
  opening: Operation | null;
}
