import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as net from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { RequestComposer } from '../../src/http/request-composer.ts';
import { TraceContext } from '../../src/http/trace-context.ts';
import { endpointAt } from '../support/exchange.ts';

const baseUrl = 'http://127.0.0.1:3000/app/';
const composer = (headers = {}, trace?: TraceContext): RequestComposer =>
  new RequestComposer(baseUrl, endpointAt(3000), headers, trace);
const linesOf = (wire: string | Buffer): string[] => wire.toString('latin1').split('\r\n');

test('writes a request without body', () => {
  expect(composer().compose('GET', '/a?b=c', '', {})).toBe(
    'GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nUser-Agent: amdahl-load\r\nAccept: */*\r\n\r\n',
  );
});

test.each([
  ['/products/1?x=[1]&y=~', '/products/1?x=[1]&y=~'],
  ['products', '/app/products'],
  ['', '/app/'],
  ['?page=2', '/app/?page=2'],
  ['/a b', '/a%20b'],
  ['/ä#part', '/%C3%A4'],
  ['/../x', '/../x'],
  ['http://127.0.0.1:3000/abs', '/abs'],
  ['/a\r\nHost: evil', '/aHost:%20evil'],
])('resolves %j to %s', (path, target) => {
  expect(composer().target(path)).toBe(target);
});

test.each(['//evil.example/x', 'https://127.0.0.1:3000/', 'mailto:x@y', 'http://['])(
  'refuses %s, of another origin',
  (path) => {
    expect(() => composer().target(path)).toThrowError(
      expect.objectContaining({ code: 'AMDAHL_LOAD_BAD_REQUEST' }) as Error,
    );
  },
);

test('carries cookies and trace context', () => {
  const trace = new TraceContext('0123456789abcdef', 0);
  const lines = linesOf(composer({}, trace).compose('GET', '/', 'a=1', {}));
  expect(lines).toContain('Cookie: a=1');
  expect(lines).toContain('traceparent: 00-0123456789abcdef0001000000000000-0001000000000000-01');
});

test("lets the kind's headers replace the usual ones, and the request's replace both", () => {
  const kind = composer({ 'user-agent': 'kind', 'X-Kind': '1', Accept: 'text/html' });
  const lines = linesOf(
    kind.compose('GET', '/', 'a=1', { headers: { accept: 'image/avif', Cookie: 'own=1' } }),
  );
  expect(lines.slice(1, -2).sort()).toEqual([
    'Cookie: own=1',
    'Host: 127.0.0.1:3000',
    'X-Kind: 1',
    'accept: image/avif',
    'user-agent: kind',
  ]);
});

test("leaves a script's own trace context alone", () => {
  const trace = new TraceContext('0123456789abcdef', 0);
  const own = { traceparent: '00-own' };
  for (const wire of [
    composer({}, trace).compose('GET', '/', '', { headers: own }),
    composer(own, trace).compose('GET', '/', '', {}),
  ]) {
    expect(linesOf(wire).filter((line) => line.startsWith('traceparent'))).toEqual([
      'traceparent: 00-own',
    ]);
  }
});

test.each([
  { 'X-Evil': 'a\r\nHost: evil' },
  { 'X Evil': 'a' },
  { '': 'a' },
  { 'X-Name': 'snow ☃' },
  { 'Content-Length': '5' },
  { 'Transfer-Encoding': 'chunked' },
])('refuses the header %j', (headers) => {
  const refusal = expect.objectContaining({ code: 'AMDAHL_LOAD_BAD_REQUEST' }) as Error;
  expect(() => composer(headers)).toThrowError(refusal);
  expect(() => composer().compose('GET', '/', '', { headers })).toThrowError(refusal);
});

test.each([
  ['json', { json: { name: 'Grüße ☃' } }, 'application/json', '{"name":"Grüße ☃"}'],
  ['ASCII json', { json: [1, 'a'] }, 'application/json', '[1,"a"]'],
  ['form', { form: { a: 1, b: 'x y&z' } }, 'application/x-www-form-urlencoded', 'a=1&b=x+y%26z'],
  ['text', { body: 'héllo' }, 'text/plain;charset=UTF-8', 'héllo'],
  ['bytes', { body: Buffer.from('bytes ☃') }, undefined, 'bytes ☃'],
  ['no body', {}, undefined, ''],
  [
    'a type of its own',
    { body: '<a/>', headers: { 'content-type': 'application/xml' } },
    'application/xml',
    '<a/>',
  ],
])('sends %s as a server reads it', async (_, options, type, body) => {
  const server = http.createServer((request, response) => {
    void text(request).then((received) =>
      response.end(JSON.stringify({ received, type: request.headers['content-type'] })),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = net.connect(port, '127.0.0.1');
  const written = new RequestComposer(`http://127.0.0.1:${port}`, endpointAt(port), {
    Connection: 'close',
  }).compose('POST', '/', '', options);
  if (typeof written === 'string') socket.write(written, 'latin1');
  else socket.write(written);
  const reply = await text(socket);
  expect(reply).toContain(JSON.stringify({ received: body, type }));
});

test('counts trace ids past the end of the low digits, apart for each worker', () => {
  const seen = new Set<string>();
  for (const worker of [0, 1]) {
    const trace = new TraceContext('0123456789abcdef', worker);
    for (let number = 0; number < 10_000; number += 1) {
      const value = trace.next();
      expect(value).toMatch(/^00-[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
      seen.add(value);
    }
  }
  expect(seen.size).toBe(20_000);
});
