import { expect, test } from 'vitest';
import { maxHeadBytes } from '../../src/http/field-lines.ts';
import { maxKeptBodyBytes, ResponseFramer } from '../../src/http/response-framer.ts';

interface Outcome {
  readonly status: number;
  readonly body: string;
  readonly reusable: boolean;
  /** Bytes that belong to no reply asked for. */
  readonly left: number;
}

/** Feeds pieces to a framer as a connection does. */
function frame(
  pieces: readonly Buffer[],
  { method = 'GET', ends = false }: { method?: string; ends?: boolean } = {},
): Outcome | string {
  const framer = new ResponseFramer();
  framer.begin(method, true);
  let left = 0;
  for (const piece of pieces) {
    // As in a read buffer, the bytes lie somewhere in a larger one.
    const buffer = Buffer.concat([Buffer.from('??'), piece, Buffer.from('??')]);
    const taken = framer.push(buffer, 2, 2 + piece.length) - 2;
    left += piece.length - taken;
    buffer.fill('!');
  }
  if (ends) framer.end();
  if (framer.fault !== undefined) return framer.fault;
  if (!framer.complete) return 'incomplete';
  const { status, body, reusable } = framer;
  return { status, body, reusable, left };
}

const whole = (text: string): Buffer[] => [Buffer.from(text, 'latin1')];
const bytewise = (text: string): Buffer[] =>
  Array.from(Buffer.from(text, 'latin1'), (byte) => Buffer.of(byte));

const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n');

const replies: Record<
  string,
  { text: string; expected: Outcome | string; method?: string; ends?: boolean }
> = {
  'a body of the announced length': {
    text: `${head('HTTP/1.1 200 OK', 'Content-Length: 5')}hello`,
    expected: { status: 200, body: 'hello', reusable: true, left: 0 },
  },
  'an empty body': {
    text: head('HTTP/1.1 200 OK', 'Content-Length: 0'),
    expected: { status: 200, body: '', reusable: true, left: 0 },
  },
  'no reason phrase, with and without its space': {
    text: head('HTTP/1.1 404', 'content-length:0'),
    expected: { status: 404, body: '', reusable: true, left: 0 },
  },
  'the same length twice': {
    text: `${head('HTTP/1.1 200 OK', 'Content-Length: 2', 'content-length: 2')}ab`,
    expected: { status: 200, body: 'ab', reusable: true, left: 0 },
  },
  'a chunked body with extension and trailers': {
    text:
      head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked') +
      '5;name="v"\r\nhello\r\nA \r\n, chunks!!\r\n0\r\nServer-Timing: db\r\nX: y\r\n\r\n',
    expected: { status: 200, body: 'hello, chunks!!', reusable: true, left: 0 },
  },
  'a coding before chunked': {
    text: `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, Chunked')}1\r\nx\r\n0\r\n\r\n`,
    expected: { status: 200, body: 'x', reusable: true, left: 0 },
  },
  'the head of a HEAD request, its length not sent': {
    text: head('HTTP/1.1 200 OK', 'Content-Length: 1234'),
    method: 'HEAD',
    expected: { status: 200, body: '', reusable: true, left: 0 },
  },
  '204 without length': {
    text: head('HTTP/1.1 204 No Content'),
    expected: { status: 204, body: '', reusable: true, left: 0 },
  },
  '304 with the length of what it stands for': {
    text: head('HTTP/1.1 304 Not Modified', 'Content-Length: 99'),
    expected: { status: 304, body: '', reusable: true, left: 0 },
  },
  'interim replies before the final one': {
    text:
      head('HTTP/1.1 100 Continue') +
      head('HTTP/1.1 103 Early Hints', 'Link: </a.css>; rel=preload', 'Content-Length: 7') +
      `${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`,
    expected: { status: 200, body: 'ok', reusable: true, left: 0 },
  },
  'a body until the connection closes': {
    text: `${head('HTTP/1.1 200 OK', 'Content-Type: text/plain')}until the end`,
    ends: true,
    expected: { status: 200, body: 'until the end', reusable: false, left: 0 },
  },
  'a transfer coding that is not chunked': {
    text: `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip')}zzz`,
    ends: true,
    expected: { status: 200, body: 'zzz', reusable: false, left: 0 },
  },
  'Connection: close among other options': {
    text: head('HTTP/1.1 200 OK', 'Connection: foo, Close', 'Content-Length: 0'),
    expected: { status: 200, body: '', reusable: false, left: 0 },
  },
  'HTTP/1.0': {
    text: `${head('HTTP/1.0 200 OK', 'Content-Length: 1')}x`,
    expected: { status: 200, body: 'x', reusable: false, left: 0 },
  },
  'HTTP/1.0 that keeps alive': {
    text: `${head('HTTP/1.0 200 OK', 'Connection: Keep-Alive', 'Content-Length: 1')}x`,
    expected: { status: 200, body: 'x', reusable: true, left: 0 },
  },
  'bytes after the reply': {
    text: `${head('HTTP/1.1 200 OK', 'Content-Length: 1')}xHTTP/1.1 200 OK\r\n`,
    expected: { status: 200, body: 'x', reusable: true, left: 17 },
  },
  'a folded field that frames nothing': {
    text: head('HTTP/1.1 200 OK', 'X-Long: one', '\ttwo', 'Content-Length: 0'),
    expected: { status: 200, body: '', reusable: true, left: 0 },
  },
  'a folded length': {
    text: head('HTTP/1.1 200 OK', 'Content-Length: 1', ' 2'),
    expected: 'bad-header',
  },
  'half a body': {
    text: `${head('HTTP/1.1 200 OK', 'Content-Length: 10')}half`,
    ends: true,
    expected: 'incomplete',
  },
  'half a head': { text: 'HTTP/1.1 200 OK\r\nContent-Le', ends: true, expected: 'incomplete' },
  'no HTTP at all': { text: 'SSH-2.0-OpenSSH_9.2\r\n', expected: 'bad-status-line' },
  'another major version': { text: 'HTTP/2.0 200 OK\r\n\r\n', expected: 'bad-status-line' },
  'a protocol in small letters': { text: 'http/1.1 200 OK\r\n\r\n', expected: 'bad-status-line' },
  'a status below 100': { text: 'HTTP/1.1 099 Low\r\n\r\n', expected: 'bad-status-line' },
  'a status of two digits': { text: 'HTTP/1.1 20 OK\r\n\r\n', expected: 'bad-status-line' },
  'bare line feeds': {
    text: 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
    expected: 'bad-status-line',
  },
  'a line without colon': { text: head('HTTP/1.1 200 OK', 'garbage'), expected: 'bad-header' },
  'a space before the colon': {
    text: head('HTTP/1.1 200 OK', 'Content-Length : 5'),
    expected: 'bad-header',
  },
  'an empty field name': { text: head('HTTP/1.1 200 OK', ': 5'), expected: 'bad-header' },
  'a negative length': {
    text: head('HTTP/1.1 200 OK', 'Content-Length: -5'),
    expected: 'bad-content-length',
  },
  'an empty length': {
    text: head('HTTP/1.1 200 OK', 'Content-Length:'),
    expected: 'bad-content-length',
  },
  'a length beyond numbers': {
    text: head('HTTP/1.1 200 OK', 'Content-Length: 99999999999999999999'),
    expected: 'bad-content-length',
  },
  'two different lengths': {
    text: head('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2'),
    expected: 'bad-content-length',
  },
  'a length and chunks': {
    text: head('HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
    expected: 'two-lengths',
  },
  'a chunk size that is no number': {
    text: `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}x\r\n`,
    expected: 'bad-chunk',
  },
  'a chunk longer than it says': {
    text: `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}2\r\nabc\r\n`,
    expected: 'bad-chunk',
  },
  'a chunk size beyond numbers': {
    text: `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}fffffffffffffff\r\n`,
    expected: 'bad-chunk',
  },
  'an upgrade nobody asked for': {
    text: head('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket'),
    expected: 'unexpected-upgrade',
  },
};

test.each(Object.entries(replies))('frames %s, whole and byte by byte', (_, reply) => {
  const { text, expected, ...options } = reply;
  expect(frame(whole(text), options)).toEqual(expected);
  expect(frame(bytewise(text), options)).toEqual(expected);
});

test('frames a reply split in two at any place', () => {
  const { text, expected } = replies['a chunked body with extension and trailers']!;
  for (let at = 1; at < text.length; at += 1) {
    const halves = [...whole(text.slice(0, at)), ...whole(text.slice(at))];
    expect(frame(halves), `split at ${at}`).toEqual(expected);
  }
});

test('ends a head without end, whatever the pieces', () => {
  const start = 'HTTP/1.1 200 OK\r\n';
  const line = `X: ${'y'.repeat(97)}\r\n`;
  const endless = start + line.repeat(Math.ceil(maxHeadBytes / line.length) + 1);
  expect(frame(whole(endless))).toBe('head-too-large');
  const pieces = [start, ...Array<string>(700).fill(line)].flatMap(whole);
  expect(frame(pieces)).toBe('head-too-large');
});

test('ends a line without end', () => {
  const piece = Buffer.alloc(1_000, 'x');
  expect(frame(Array<Buffer>(70).fill(piece))).toBe('head-too-large');
});

test('ends trailers and chunk extensions without end', () => {
  const start = head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked');
  const line = `X: ${'y'.repeat(97)}\r\n`.repeat(700);
  expect(frame(whole(`${start}0\r\n${line}`))).toBe('head-too-large');
  expect(frame(whole(`${start}5;${'x'.repeat(maxHeadBytes + 1)}`))).toBe('head-too-large');
});

test('takes a head up to the limit that arrives with its body', () => {
  const long = `X: ${'y'.repeat(maxHeadBytes - 100)}`;
  const text = `${head('HTTP/1.1 200 OK', long, 'Content-Length: 5')}hello`;
  const expected = { status: 200, body: 'hello', reusable: true, left: 0 };
  expect(frame([...whole(text.slice(0, 40)), ...whole(text.slice(40))])).toEqual(expected);
});

test('keeps a body up to the limit and counts a longer one when it is not kept', () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const start = Buffer.from(head('HTTP/1.1 200 OK', `Content-Length: ${maxKeptBodyBytes + 1}`));
  const framer = new ResponseFramer();
  for (const keep of [true, false]) {
    framer.begin('GET', keep);
    framer.push(start, 0, start.length);
    for (let sent = 0; sent < maxKeptBodyBytes; sent += megabyte.length) {
      framer.push(megabyte, 0, megabyte.length);
    }
    expect(framer.fault).toBeUndefined();
    framer.push(megabyte, 0, 1);
    expect(framer.fault).toBe(keep ? 'body-too-large' : undefined);
    expect(framer.complete).toBe(!keep);
  }
  expect(framer.receivedBytes).toBe(start.length + maxKeptBodyBytes + 1);
  expect(framer.body).toBe('');
});

test('reads what matters to the connection and its user', () => {
  const framer = new ResponseFramer();
  framer.begin('GET', true);
  const text = Buffer.from(
    head(
      'HTTP/1.1 200 OK',
      'Set-Cookie: a=1; Path=/',
      'KEEP-ALIVE: timeout=5, max=100',
      'set-cookie:b=2 ',
      'Content-Length: 0',
    ),
  );
  framer.push(text, 0, text.length);
  expect(framer.setCookies).toEqual(['a=1; Path=/', 'b=2']);
  expect(framer.keepAliveMs).toBe(5_000);
  expect(framer.head).toBe(text.toString().slice('HTTP/1.1 200 OK\r\n'.length, -2));
});

test('frames one reply after the other', () => {
  const framer = new ResponseFramer();
  const first = Buffer.from(`${head('HTTP/1.1 200 OK', 'Set-Cookie: a=1', 'Connection: close')}x`);
  framer.begin('GET', true);
  framer.push(first, 0, first.length);
  framer.end();
  const second = Buffer.from(`${head('HTTP/1.1 201 Created', 'Content-Length: 1')}y`);
  framer.begin('POST', true);
  framer.push(second, 0, second.length);
  expect(framer).toMatchObject({ status: 201, body: 'y', reusable: true, setCookies: [] });
  expect(framer.receivedBytes).toBe(second.length);
});
