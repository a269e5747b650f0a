/** What must hold of the framer beside Node's own parser: for the tests, and for the fuzz command. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as http from 'node:http';
import { duplexPair } from 'node:stream';
import { ResponseFramer } from '../../src/http/response-framer.ts';
import { headersOf } from '../../src/users/reply.ts';

/** A reply as a server might send it. */
interface Sent {
  readonly method: string;
  readonly text: string;
  /** Where it is cut into pieces, as shares of its length. */
  readonly cuts: readonly number[];
}

interface Read {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How Node's own client reads these pieces, or undefined when it finds fault. */
function readByNode(pieces: readonly Buffer[], method: string): Promise<Read | undefined> {
  const [client, server] = duplexPair();
  return new Promise((resolve) => {
    const request = http.request({ method, createConnection: () => client });
    request.on('error', () => resolve(undefined));
    request.on('upgrade', () => resolve(undefined));
    request.on('response', (reply) => {
      const body: Buffer[] = [];
      reply.on('data', (piece: Buffer) => body.push(piece));
      reply.on('error', () => resolve(undefined));
      reply.on('close', () => {
        if (!reply.complete) {
          resolve(undefined);
          return;
        }
        const headers = Object.fromEntries(
          Object.entries(reply.headersDistinct).map(([name, values]) => [name, values?.join(', ')]),
        ) as Record<string, string>;
        const status = reply.statusCode ?? 0;
        resolve({ status, headers, body: Buffer.concat(body).toString('latin1') });
      });
    });
    request.end();
    server.resume();
    for (const piece of pieces) server.write(piece);
    server.end();
  });
}

function readByFramer(pieces: readonly Buffer[], method: string): Read | undefined {
  const framer = new ResponseFramer();
  framer.begin(method, true);
  for (const piece of pieces) framer.push(piece, 0, piece.length);
  framer.end();
  if (!framer.complete) return undefined;
  return { status: framer.status, headers: { ...headersOf(framer.head) }, body: framer.body };
}

/** The text cut at these shares of its length. */
function cut(text: string, shares: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const at = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  const ends = [...at, bytes.length];
  return ends
    .map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
    .filter((piece) => piece.length > 0);
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
const value = fc.stringMatching(/^([!-~\u00a1-\u00ff]([ -~]{0,20}[!-~])?)?$/);
/** Names whose meaning would change how the reply is framed. */
const framing = /^(connection|content-length|transfer-encoding|upgrade|keep-alive|trailer)$/i;
const field = fc
  .tuple(token, value)
  .filter(([name]) => !framing.test(name))
  .map(([name, text]) => `${name}: ${text}\r\n`);
const fields = fc.array(field, { maxLength: 6 }).map((lines) => lines.join(''));

const body = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', '0', ';'), maxLength: 60 });
const chunked = fc
  .tuple(fc.array(body.filter((text) => text !== '')), fields, fc.constantFrom('', ';x', ';a=b'))
  .map(([chunks, trailers, extension]) => {
    const parts = chunks.map(
      (text) => `${text.length.toString(16).toUpperCase()}${extension}\r\n${text}\r\n`,
    );
    return `${parts.join('')}0\r\n${trailers}\r\n`;
  });
const framed = fc.oneof(
  body.map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`),
  chunked.map((text) => `Transfer-Encoding: chunked\r\n\r\n${text}`),
  body.map((text) => `Connection: close\r\n\r\n${text}`),
);
const interim = fc.constantFrom(
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
);
const reply: fc.Arbitrary<Sent> = fc
  .record({
    interim,
    status: fc.constantFrom(200, 201, 302, 404, 500, 599),
    fields,
    framed,
    method: fc.constantFrom('GET', 'GET', 'POST'),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
  })
  .map((parts) => ({
    method: parts.method,
    cuts: parts.cuts,
    text: `${parts.interim}HTTP/1.1 ${parts.status} Why not\r\n${parts.fields}${parts.framed}`,
  }));

const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  remove: fc.integer({ min: 0, max: 3 }),
  insert: fc.string({
    unit: fc.constantFrom('\r', '\n', ' ', ':', ';', ',', '0', 'f', 'H', '\0', '\u00ff'),
    maxLength: 3,
  }),
});

/** Replies on which parsers have been known to differ, and those a broken server sends. */
const corpus: readonly string[] = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
  'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n1\r\nx\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a="b;c"\r\nhello\r\n0;x\r\nA: b\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000000000005\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbytes',
  'HTTP/1.0 200 OK\r\n\r\nuntil the end',
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nA\0: b\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno',
  'HTTP/2 200\r\nContent-Length: 2\r\n\r\nok',
  '\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
];

const known: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST'),
  text: fc.constantFrom(...corpus),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
});

/** Valid replies are read as Node reads them, however they are split. */
export const readsValidReplies: fc.IAsyncProperty<[Sent]> = fc.asyncProperty(
  reply,
  async ({ text, cuts, method }) => {
    const pieces = cut(text, cuts);
    const byNode = await readByNode(pieces, method);
    assert.notEqual(byNode, undefined);
    assert.deepEqual(readByFramer(pieces, method), byNode);
  },
);

/** Damaged replies are read as Node reads them, or one of the two finds fault. */
export const readsDamagedReplies: fc.IAsyncProperty<[Sent, Damage, Damage]> = fc.asyncProperty(
  fc.oneof(reply, known),
  damage,
  damage,
  async ({ text, cuts, method }, first, second) => {
    const pieces = cut(damaged(damaged(text, first), second), cuts);
    const byFramer = readByFramer(pieces, method);
    const byNode = await readByNode(pieces, method);
    if (byFramer === undefined || byNode === undefined) return;
    assert.equal(byFramer.status, byNode.status);
    assert.equal(byFramer.body, byNode.body);
  },
);

/** However a reply is split, the framer says the same of it. */
export const readsPiecesAsWhole: fc.IAsyncProperty<[Sent, Damage]> = fc.asyncProperty(
  fc.oneof(reply, known),
  damage,
  async ({ text, cuts, method }, one) => {
    const whole = damaged(text, one);
    const inPieces = readByFramer(cut(whole, cuts), method);
    assert.deepEqual(inPieces, readByFramer(cut(whole, []), method));
  },
);

interface Damage {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

function damaged(text: string, { at, remove, insert }: Damage): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + insert + text.slice(start + remove);
}
