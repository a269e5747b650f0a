import { once } from 'node:events';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { resolveEndpoint } from '../src/http/resolve-endpoint.ts';
import { runLoad, type LoadOptions } from '../src/run-load.ts';
import { selfSigned } from './support/certificate.ts';
import { endpointAt, exchangeOver, poolTo } from './support/exchange.ts';
import { httpServer } from './support/http-server.ts';
import { refusingPort } from './support/raw-server.ts';
import { checkedRun, Enough, getRequests, histogram, requestNamed } from './support/run.ts';

const certificate = selfSigned();

async function tlsServer(options: https.ServerOptions, seen: () => void): Promise<string> {
  const server = https.createServer({ ...certificate, ...options }, (_, response) => {
    response.end();
    seen();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  { maxConnections: 3, workers: 2 },
  { maxConnections: 1, workers: 4 },
])('keeps to $maxConnections connections with $workers workers', async (limits) => {
  const enough = new Enough(60);
  const open = new Set<Socket>();
  let most = 0;
  const baseUrl = await httpServer((request, response) => {
    const { socket } = request;
    if (!open.has(socket)) socket.on('close', () => open.delete(socket));
    open.add(socket);
    most = Math.max(most, open.size);
    enough.saw();
    setTimeout(() => response.end(), 5);
  });
  const result = await checkedRun({
    baseUrl,
    ...limits,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 12, duration: '1h' },
    signal: enough.signal,
  });
  expect(most).toBe(limits.maxConnections);
  expect(result.generator.socketsOpened).toBe(limits.maxConnections);
  expect(result.generator.workers).toBe(Math.min(limits.maxConnections, limits.workers));
  // The wait for a connection is the users' and no fault of the generator.
  const { responseTime, serviceTime } = result.total;
  const median = (text: string): number => histogram(text).valueAtPercentile(50);
  expect(median(responseTime)).toBeGreaterThan(1.5 * median(serviceTime));
  expect(median(result.generator.lag)).toBeLessThan(median(serviceTime));
});

test('a limited connection that breaks makes room for another', async () => {
  const enough = new Enough(30);
  const baseUrl = await httpServer((request, response) => {
    enough.saw();
    if (request.url === '/broken') request.socket.destroy();
    else response.end();
  });
  const result = await checkedRun({
    baseUrl,
    maxConnections: 2,
    scenario: getRequests('/', '/broken'),
    profile: { model: 'closed', users: 5, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.counts.succeeded).toBeGreaterThan(0);
  expect(requestNamed(result, 'GET /broken').errors).toHaveProperty('reset');
});

test.each<{ name: string; tls: NonNullable<LoadOptions['tls']>; server: https.ServerOptions }>([
  { name: 'any certificate when told to', tls: { insecure: true }, server: {} },
  {
    name: 'a server that asks for a certificate',
    tls: { ca: certificate.cert, ...certificate },
    server: { requestCert: true, ca: certificate.cert },
  },
])('takes $name, and times TLS apart', async ({ tls, server }) => {
  const enough = new Enough(10);
  const baseUrl = await tlsServer(server, () => enough.saw());
  const result = await checkedRun({
    baseUrl,
    tls,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: '1h' },
    signal: enough.signal,
  });
  const { connectTime, tlsTime, socketsOpened } = result.generator;
  expect(result.counts.succeeded).toBeGreaterThan(0);
  expect(histogram(tlsTime).count).toBe(socketsOpened);
  expect(histogram(connectTime).count).toBe(socketsOpened);
  expect(histogram(tlsTime).valueAtPercentile(50)).toBeGreaterThan(0);
});

test('takes no untrusted certificate', async () => {
  const baseUrl = await tlsServer({}, () => undefined);
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: 200 },
  });
  const { failed, errorDetails } = requestNamed(result, 'GET /');
  expect(errorDetails).toEqual({ 'connect DEPTH_ZERO_SELF_SIGNED_CERT': failed });
  expect(result.counts.succeeded).toBe(0);
});

test('is refused without the certificate a server asks for', async () => {
  const baseUrl = await tlsServer({ requestCert: true, ca: certificate.cert }, () => undefined);
  const result = await checkedRun({
    baseUrl,
    tls: { ca: certificate.cert },
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 1, duration: 200 },
  });
  expect(result.counts.succeeded).toBe(0);
  expect(result.counts.failed).toBeGreaterThan(0);
});

test.each<Partial<LoadOptions>>([
  { maxConnections: 0 },
  { maxConnections: 1.5 },
  { tls: { cert: certificate.cert } },
  { tls: { key: certificate.key } },
  { tls: { ca: 'no PEM' } },
  { tls: { ...certificate, key: selfSigned().key } },
])('refuses %j', async (changes) => {
  await expect(
    runLoad({
      baseUrl: 'http://127.0.0.1:9',
      scenario: getRequests('/'),
      profile: { model: 'closed', users: 1, duration: 100 },
      ...changes,
    }),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_BAD_OPTIONS' });
});

test('opens connections to the addresses of a name in turn', async () => {
  const seen: (string | undefined)[] = [];
  const server = https.createServer(certificate, (request, response) => {
    seen.push(request.socket.localAddress);
    response.setHeader('Connection', 'close');
    response.end();
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { pool } = poolTo(
    endpointAt(port, {
      addresses: ['127.0.0.1', '127.0.0.2', '127.0.0.3'],
      secure: true,
      tls: { rejectUnauthorized: false },
    }),
  );
  for (let number = 0; number < 4; number += 1) await exchangeOver(pool);
  expect(seen).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.1']);
});

test('keeps the addresses of a name that accept connections', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  const { port } = new URL(baseUrl);
  // The server listens at 127.0.0.1 only.
  const found = async (): Promise<string[]> => ['127.0.0.2', '127.0.0.1', '127.0.0.1'];
  const endpoint = await resolveEndpoint(`http://shop.example:${port}`, {}, found);
  expect(endpoint).toMatchObject({ address: '127.0.0.1', addresses: ['127.0.0.1'] });
  expect(endpoint.dnsMs).toBeGreaterThanOrEqual(0);
  const closed = `http://shop.example:${await refusingPort()}`;
  await expect(resolveEndpoint(closed, {}, found)).rejects.toMatchObject({
    code: 'AMDAHL_LOAD_TARGET_UNREACHABLE',
  });
});
