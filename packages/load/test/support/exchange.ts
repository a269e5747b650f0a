import { onTestFinished } from 'vitest';
import { Alarms } from '../../src/alarms.ts';
import {
  createConnectionContext,
  type ConnectionContext,
} from '../../src/http/connection-context.ts';
import { ConnectionPool } from '../../src/http/connection-pool.ts';
import type { Endpoint } from '../../src/http/endpoint.ts';
import type { Exchange } from '../../src/http/exchange.ts';

export function endpointAt(port: number, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    address: '127.0.0.1',
    port,
    secure: false,
    hostName: '127.0.0.1',
    hostHeader: `127.0.0.1:${port}`,
    serverName: '',
    ...changes,
  };
}

/** A pool as one user has it, closed when the test is over. */
export function poolTo(endpoint: Endpoint): { pool: ConnectionPool; context: ConnectionContext } {
  const nowMs = (): number => performance.now();
  const context = createConnectionContext(endpoint, new Alarms(nowMs), nowMs);
  const pool = new ConnectionPool(context);
  onTestFinished(() => {
    pool.abandon();
    context.alarms.clear();
  });
  return { pool, context };
}

/** Sends one request and resolves once it is settled. */
export function exchangeOver(
  pool: ConnectionPool,
  { method = 'GET', timeoutMs = 10_000, wire = '' } = {},
): Promise<Exchange> {
  return new Promise((resolve) => {
    const exchange: Exchange = {
      method,
      wire: wire === '' ? `${method} / HTTP/1.1\r\nHost: x\r\n\r\n` : wire,
      timeoutMs,
      keepReply: true,
      readyMs: 0,
      sentMs: 0,
      doneMs: 0,
      status: 0,
      error: undefined,
      errorDetail: undefined,
      receivedBytes: 0,
      setCookies: [],
      head: '',
      body: '',
      settled: () => resolve(exchange),
    };
    pool.send(exchange);
  });
}
