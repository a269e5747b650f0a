import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { expect, test } from 'vitest';
import type { Exchange } from '../../src/http/exchange.ts';
import { WireReply } from '../../src/users/reply.ts';

const text = 'Grüße ☃';

function reply(body: Buffer | string, head = '', changes: Partial<Exchange> = {}): WireReply {
  return new WireReply({
    method: 'GET',
    wire: '',
    timeoutMs: 1,
    keepReply: true,
    readyMs: 100,
    sentMs: 100,
    doneMs: 102.5,
    status: 200,
    error: undefined,
    errorDetail: undefined,
    receivedBytes: 0,
    setCookies: [],
    head,
    body: Buffer.from(body).toString('latin1'),
    settled() {},
    ...changes,
  });
}

test('reads the body as text, JSON and bytes', () => {
  expect(reply(text).text()).toBe(text);
  expect(reply('plain').text()).toBe('plain');
  expect(reply(JSON.stringify({ text })).json()).toEqual({ text });
  expect(reply(Buffer.of(0, 255, 128)).bytes()).toEqual(Buffer.of(0, 255, 128));
  expect(() => reply('<html>').json()).toThrow(SyntaxError);
});

test('reads headers of any case, joining those that come twice', () => {
  const { headers } = reply('', 'Content-Type: text/html \r\nX-A: 1\r\n  folded\r\nx-a:2\r\n');
  expect({ ...headers }).toEqual({ 'content-type': 'text/html', 'x-a': '1 folded, 2' });
  expect(headers['constructor']).toBeUndefined();
});

test.each([
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['identity', Buffer.from(text)],
  ['gzip, br', brotliCompressSync(gzipSync(text))],
])('decodes %s when the body is read', (coding, body) => {
  expect(reply(body, `Content-Encoding: ${coding}\r\n`).text()).toBe(text);
});

test('is ok for 2xx and 3xx only', () => {
  const statuses = [199, 200, 204, 302, 399, 400, 500];
  const ok = statuses.filter((status) => reply('', '', { status }).ok);
  expect(ok).toEqual([200, 204, 302, 399]);
});

test('tells what failed on the wire, whatever was received before', () => {
  const failed = reply('half', '', { error: 'reset', errorDetail: 'closed-within-reply' });
  expect(failed).toMatchObject({
    status: 0,
    ok: false,
    error: 'reset',
    errorDetail: 'closed-within-reply',
    serviceTimeMs: 2.5,
  });
  expect(reply('').error).toBeUndefined();
});
