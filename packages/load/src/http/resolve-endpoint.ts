import { lookup } from 'node:dns/promises';
import * as net from 'node:net';
import { loadErrors } from '../load-errors.ts';
import type { Endpoint } from './endpoint.ts';

/** Time one address has to accept a first connection; a SYN is repeated after 1 s and 3 s. */
const connectTimeoutMs = 5_000;

/**
 * Finds the address that accepts connections, so that no request of the run waits for a resolver.
 * Addresses are tried in the system's order, since `localhost` may be bound to one family only.
 *
 * @throws `AMDAHL_LOAD_BAD_OPTIONS` when the URL is none of HTTP, `AMDAHL_LOAD_TARGET_UNREACHABLE`
 * when no address accepts.
 */
export async function resolveEndpoint(baseUrl: string): Promise<Endpoint> {
  const url = URL.parse(baseUrl);
  if (url === null || !(url.protocol === 'http:' || url.protocol === 'https:')) {
    throw loadErrors.create('AMDAHL_LOAD_BAD_OPTIONS', {
      expected: 'a base URL such as http://127.0.0.1:3000',
      found: JSON.stringify(baseUrl),
      next: 'Give the URL with http:// or https://.',
    });
  }
  const secure = url.protocol === 'https:';
  const hostName = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return {
    address: await reachableAddress(hostName, port, url.origin),
    port,
    secure,
    hostName,
    hostHeader: url.host,
    serverName: net.isIP(hostName) === 0 ? hostName : '',
  };
}

async function reachableAddress(hostName: string, port: number, origin: string): Promise<string> {
  let failure: unknown;
  try {
    for (const { address } of await lookup(hostName, { all: true })) {
      try {
        await tryConnect(address, port);
        return address;
      } catch (error) {
        failure = error;
      }
    }
  } catch (error) {
    failure = error;
  }
  const { code, message } = failure as NodeJS.ErrnoException;
  throw loadErrors.create('AMDAHL_LOAD_TARGET_UNREACHABLE', {
    expected: `a server that accepts connections at ${origin}`,
    found: code ?? message,
    next: 'Start the service, or correct the URL.',
    cause: failure,
    details: { url: origin, host: hostName, port },
  });
}

function tryConnect(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: address, port, timeout: connectTimeoutMs });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => {
      const timeout = new Error(`no connection within ${connectTimeoutMs} ms`);
      socket.destroy(Object.assign(timeout, { code: 'ETIMEDOUT' }));
    });
    socket.once('error', reject);
  });
}
