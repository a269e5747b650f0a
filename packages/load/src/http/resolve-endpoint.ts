import { lookup } from 'node:dns/promises';
import * as net from 'node:net';
import { loadErrors } from '../load-errors.ts';
import type { TlsOptions } from './client-options.ts';
import type { Endpoint } from './endpoint.ts';

/** Time one address has to accept a first connection; a SYN is repeated after 1 s and 3 s. */
const connectTimeoutMs = 5_000;

/** The addresses of a host name, in the order to try them. */
type Resolve = (hostName: string) => Promise<readonly string[]>;

const systemResolve: Resolve = async (hostName) =>
  (await lookup(hostName, { all: true })).map(({ address }) => address);

/**
 * Finds the addresses that accept connections, so that no request of the run waits for a resolver.
 * Addresses are tried in the system's order, since `localhost` may be bound to one family only.
 *
 * @throws `AMDAHL_LOAD_BAD_OPTIONS` when the URL is none of HTTP, `AMDAHL_LOAD_TARGET_UNREACHABLE`
 * when no address accepts.
 */
export async function resolveEndpoint(
  baseUrl: string,
  { insecure = false, ...pem }: TlsOptions = {},
  resolve: Resolve = systemResolve,
): Promise<Endpoint> {
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
    ...(await reachableAddresses(hostName, port, url.origin, resolve)),
    port,
    secure,
    hostName,
    hostHeader: url.host,
    serverName: net.isIP(hostName) === 0 ? hostName : '',
    ...(secure ? { tls: { ...pem, rejectUnauthorized: !insecure } } : {}),
  };
}

interface Reachable {
  readonly address: string;
  readonly addresses: readonly string[];
  readonly dnsMs: number;
}

async function reachableAddresses(
  hostName: string,
  port: number,
  origin: string,
  resolve: Resolve,
): Promise<Reachable> {
  const beganMs = performance.now();
  let failure: unknown;
  try {
    const found = await resolve(hostName);
    const dnsMs = performance.now() - beganMs;
    // A loopback name's families may belong to two services; elsewhere all addresses are one's.
    const oneIsEnough = /(^|\.)localhost$/i.test(hostName);
    const addresses: string[] = [];
    for (const address of new Set(found)) {
      try {
        await tryConnect(address, port);
        addresses.push(address);
        if (oneIsEnough) break;
      } catch (error) {
        failure = error;
      }
    }
    const [address] = addresses;
    if (address !== undefined) return { address, addresses, dnsMs };
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
