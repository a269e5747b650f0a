import { Histogram } from '@amdahl/metrics';
import * as tls from 'node:tls';
import type { Alarms } from '../alarms.ts';
import type { Endpoint } from './endpoint.ts';

/** The largest read of one call; a common size of socket buffers' chunks. */
const readBufferBytes = 64 * 1024;

/** What the connections of a worker share. */
export interface ConnectionContext {
  readonly endpoint: Endpoint;
  readonly nowMs: () => number;
  readonly alarms: Alarms;
  /**
   * Where all connections read into. One buffer serves them all, since what was read is consumed
   * before the call that read it returns.
   */
  readonly readBuffer: Buffer;
  /** Keys and trusted authorities, read once; undefined without TLS. */
  readonly secureContext: tls.SecureContext | undefined;
  /** From the begin of a connection until it was accepted, microseconds. */
  readonly connectTime: Histogram;
  /** From there until TLS was agreed on, microseconds. */
  readonly tlsTime: Histogram;
  /** Connections that were opened. */
  socketsOpened: number;
  /** Connections that were begun: the next one takes the next address. */
  dialed: number;
}

/** `firstAddress`: where the worker starts in the list of addresses. */
export function createConnectionContext(
  endpoint: Endpoint,
  alarms: Alarms,
  nowMs: () => number,
  firstAddress: number = 0,
): ConnectionContext {
  return {
    endpoint,
    nowMs,
    alarms,
    readBuffer: Buffer.allocUnsafeSlow(readBufferBytes),
    secureContext: endpoint.secure ? tls.createSecureContext(endpoint.tls) : undefined,
    connectTime: new Histogram(),
    tlsTime: new Histogram(),
    socketsOpened: 0,
    dialed: firstAddress,
  };
}
