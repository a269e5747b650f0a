import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { waitUntilReady, type Readiness } from '../../src/target/readiness.ts';

async function waitFor(listener: RequestListener, timeoutMs: number): Promise<Readiness> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return waitUntilReady({ url, timeoutMs, signal: new AbortController().signal });
}

test('an attempt that the end cuts short does not hide what the one before met', async () => {
  let requests = 0;
  const readiness = await waitFor((_, response) => {
    requests += 1;
    // The second one never answers.
    if (requests === 1) response.writeHead(503).end();
  }, 2_000);
  expect(requests).toBe(2);
  expect(readiness).toEqual({ ready: false, lastFailure: 'status 503' });
});

test('what never answers is told by how long it was waited for', async () => {
  const readiness = await waitFor(() => undefined, 300);
  expect(readiness).toEqual({
    ready: false,
    lastFailure: expect.stringMatching(/^no whole reply within [\d.]+ ms$/) as string,
  });
});

test('a service that comes up is waited for', async () => {
  let requests = 0;
  const readiness = await waitFor((_, response) => {
    requests += 1;
    response.writeHead(requests < 3 ? 500 : 404).end();
  }, 60_000);
  expect(readiness).toEqual({ ready: true });
});
