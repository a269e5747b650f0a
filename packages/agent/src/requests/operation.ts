import type { CodeFrame, Span } from '../protocol.ts';
import type { Peer } from '../calls/peer.ts';
import type { ServedRequest } from './request.ts';
import { waits, type Wait } from './time-ledger.ts';

/** One piece of work the app waits for, going on or done. Times are ms of `performance.now()`. */
export class Operation {
  kind: Span['kind'];
  readonly name: string;
  /** The request it was started for, null for none. */
  readonly request: ServedRequest | null;
  readonly callSite: CodeFrame | null;
  /** 0 before it begins. */
  startedAt = 0;
  /** NaN while it goes on. */
  endedAt: number = Number.NaN;
  error: string | undefined;

  constructor(
    kind: Span['kind'],
    name: string,
    request: ServedRequest | null,
    callSite: CodeFrame | null,
  ) {
    this.kind = kind;
    this.name = name;
    this.request = request;
    this.callSite = callSite;
  }

  get begun(): boolean {
    return this.startedAt > 0;
  }

  get ended(): boolean {
    return !Number.isNaN(this.endedAt);
  }
}

/** One call to a peer that is no database. */
export class Call extends Operation {
  readonly peer: Peer;
  /** Path and query asked for, empty for a socket. */
  readonly target: string;
  /** Connections opened for it. */
  connects = 0;

  constructor(
    kind: 'http' | 'socket',
    peer: Peer,
    target: string,
    request: ServedRequest | null,
    callSite: CodeFrame | null,
  ) {
    super(kind, peer.name, request, callSite);
    this.peer = peer;
    this.target = target;
  }
}

/** What a request waits for while an operation of this kind goes on. */
export function waitOf(kind: Span['kind']): Wait {
  return waitsByKind[kind];
}

const waitsByKind: Readonly<Record<Span['kind'], Wait>> = {
  statement: waits.database,
  pool: waits.pool,
  connect: waits.pool,
  http: waits.http,
  socket: waits.socket,
};
