import { expect, test } from 'vitest';
import { maxHeadBytes } from '../../src/http/field-lines.ts';
import { endpointAt, exchangeOver, poolTo } from '../support/exchange.ts';
import { onRequests, rawServer, refusingPort, reply } from '../support/raw-server.ts';

test('keeps a connection alive between requests', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, (_, number) => socket.write(reply(`reply ${number}`))),
  );
  const { pool, context } = poolTo(endpointAt(server.port));
  for (const number of [0, 1, 2]) {
    const { body, status, sentMs, doneMs } = await exchangeOver(pool);
    expect({ body, status }).toEqual({ body: `reply ${number}`, status: 200 });
    expect(doneMs).toBeGreaterThan(sentMs);
  }
  expect(context.socketsOpened).toBe(1);
});

test('opens one connection for each request under way', async () => {
  const server = await rawServer((socket) => onRequests(socket, () => socket.write(reply('x'))));
  const { pool, context } = poolTo(endpointAt(server.port));
  await Promise.all([exchangeOver(pool), exchangeOver(pool), exchangeOver(pool)]);
  await Promise.all([exchangeOver(pool), exchangeOver(pool)]);
  expect(context.socketsOpened).toBe(3);
});

test('opens another connection after a reply that closes its own', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, () => socket.end(reply('x', 'Connection: close'))),
  );
  const { pool, context } = poolTo(endpointAt(server.port));
  expect((await exchangeOver(pool)).body).toBe('x');
  expect((await exchangeOver(pool)).body).toBe('x');
  expect(context.socketsOpened).toBe(2);
});

test('takes a body that lasts until the connection closes', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nfirst,');
      setImmediate(() => socket.end('last'));
    }),
  );
  const { pool } = poolTo(endpointAt(server.port));
  const exchange = await exchangeOver(pool);
  expect(exchange).toMatchObject({ status: 200, body: 'first,last', error: undefined });
});

test('does not use a connection the server closed while it was idle', async () => {
  const closed = Promise.withResolvers<void>();
  const server = await rawServer((socket) => {
    // Both sides have closed then, since the client answers the end with its own.
    socket.on('close', () => closed.resolve());
    onRequests(socket, () => socket.end(reply('x')));
  });
  const { pool, context } = poolTo(endpointAt(server.port));
  await exchangeOver(pool);
  await closed.promise;
  expect((await exchangeOver(pool)).error).toBeUndefined();
  expect(context.socketsOpened).toBe(2);
});

test('does not use a connection about to outlive its keep-alive time', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, () => socket.write(reply('x', 'Keep-Alive: timeout=1'))),
  );
  const { pool, context } = poolTo(endpointAt(server.port));
  await exchangeOver(pool);
  await exchangeOver(pool);
  expect(context.socketsOpened).toBe(2);
});

test('does not use a connection on which more came than was asked for', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, () => socket.write(`${reply('x')}HTTP/1.1 200 OK\r\n`)),
  );
  const { pool, context } = poolTo(endpointAt(server.port));
  expect((await exchangeOver(pool)).body).toBe('x');
  expect((await exchangeOver(pool)).body).toBe('x');
  expect(context.socketsOpened).toBe(2);
});

test('closes an idle connection on which a reply comes that nobody asked for', async () => {
  const closed = Promise.withResolvers<void>();
  const server = await rawServer((socket) => {
    socket.on('close', () => closed.resolve());
    onRequests(socket, (_, number) => {
      socket.write(reply(`asked for ${number}`));
      setImmediate(() => socket.write(reply('not asked for')));
    });
  });
  const { pool, context } = poolTo(endpointAt(server.port));
  expect((await exchangeOver(pool)).body).toBe('asked for 0');
  await closed.promise;
  expect((await exchangeOver(pool)).body).toBe('asked for 0');
  expect(context.socketsOpened).toBe(2);
});

test('reports a refused connection', async () => {
  const { pool, context } = poolTo(endpointAt(await refusingPort()));
  const exchange = await exchangeOver(pool);
  expect(exchange).toMatchObject({ status: 0, error: 'connect', errorDetail: 'ECONNREFUSED' });
  expect(context.socketsOpened).toBe(0);
});

test('reports a connection closed before the reply', async () => {
  const server = await rawServer((socket) => onRequests(socket, () => socket.end()));
  const { pool } = poolTo(endpointAt(server.port));
  const exchange = await exchangeOver(pool);
  expect(exchange).toMatchObject({ error: 'reset', errorDetail: 'closed-before-reply' });
});

test('reports a connection reset', async () => {
  const server = await rawServer((socket) => onRequests(socket, () => socket.resetAndDestroy()));
  const { pool } = poolTo(endpointAt(server.port));
  const exchange = await exchangeOver(pool);
  expect(exchange).toMatchObject({ error: 'reset', errorDetail: 'ECONNRESET' });
});

test('reports half a reply', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')),
  );
  const { pool } = poolTo(endpointAt(server.port));
  const exchange = await exchangeOver(pool);
  expect(exchange).toMatchObject({ error: 'reset', errorDetail: 'closed-within-reply' });
});

test('reports an endless head', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, () => {
      socket.write('HTTP/1.1 200 OK\r\n');
      socket.write(`X: ${'y'.repeat(500)}\r\n`.repeat(maxHeadBytes / 500));
    }),
  );
  const { pool } = poolTo(endpointAt(server.port));
  const exchange = await exchangeOver(pool);
  expect(exchange).toMatchObject({ error: 'protocol', errorDetail: 'head-too-large' });
});

test('ends a request at its deadline, and serves the next on another connection', async () => {
  const server = await rawServer((socket) =>
    onRequests(socket, (text) => {
      if (!text.startsWith('HEAD')) socket.write(reply('x'));
    }),
  );
  const { pool, context } = poolTo(endpointAt(server.port));
  expect((await exchangeOver(pool)).error).toBeUndefined();
  const late = await exchangeOver(pool, { method: 'HEAD', timeoutMs: 30 });
  expect(late).toMatchObject({ error: 'timeout', errorDetail: 'no-reply-in-time', status: 0 });
  expect(late.doneMs - late.sentMs).toBeGreaterThanOrEqual(30);
  expect((await exchangeOver(pool)).error).toBeUndefined();
  expect(context.socketsOpened).toBe(2);
});

test('sets one alarm for many requests', async () => {
  const server = await rawServer((socket) => onRequests(socket, () => socket.write(reply('x'))));
  const { pool, context } = poolTo(endpointAt(server.port));
  await exchangeOver(pool);
  const dueMs = context.alarms.nextDueMs;
  for (let number = 0; number < 20; number += 1) await exchangeOver(pool);
  expect(context.alarms.nextDueMs).toBe(dueMs);
  pool.abandon();
  expect(context.alarms.nextDueMs).toBe(Infinity);
});
