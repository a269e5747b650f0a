import { once } from 'node:events';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../support/certificate.ts';
import { endpointAt, exchangeOver, poolTo } from '../support/exchange.ts';

const certificate = selfSigned();

async function tlsServer(): Promise<number> {
  const server = https.createServer(certificate, (request, response) => {
    response.end(`${request.method} over TLS`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test('sends requests over TLS and keeps the connection alive', async () => {
  const { pool, context } = poolTo(
    endpointAt(await tlsServer(), {
      secure: true,
      serverName: 'localhost',
      tls: { ca: certificate.cert },
    }),
  );
  for (let number = 0; number < 3; number += 1) {
    expect(await exchangeOver(pool)).toMatchObject({ status: 200, body: 'GET over TLS' });
  }
  expect(context.socketsOpened).toBe(1);
});

test('takes an address instead of a name', async () => {
  const { pool } = poolTo(
    endpointAt(await tlsServer(), { secure: true, tls: { ca: certificate.cert } }),
  );
  expect(await exchangeOver(pool)).toMatchObject({ status: 200 });
});

test('reports a certificate that is not trusted, or for another name', async () => {
  const port = await tlsServer();
  const untrusted = poolTo(endpointAt(port, { secure: true, serverName: 'localhost' }));
  expect(await exchangeOver(untrusted.pool)).toMatchObject({
    error: 'connect',
    errorDetail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  const misnamed = poolTo(
    endpointAt(port, {
      secure: true,
      serverName: 'shop.example',
      tls: { ca: certificate.cert },
    }),
  );
  expect(await exchangeOver(misnamed.pool)).toMatchObject({
    error: 'connect',
    errorDetail: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});
