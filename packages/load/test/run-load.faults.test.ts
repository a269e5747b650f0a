import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { httpServer } from './support/http-server.ts';
import { onRequests, rawServer, refusingPort, reply } from './support/raw-server.ts';
import { checkedRun, Enough, getRequests, requestNamed } from './support/run.ts';
import { runLoad } from '../src/run-load.ts';

type Answer = (socket: Socket) => void;

const faults: Record<string, { answer: Answer; error: string; detail: string }> = {
  'a reset': {
    answer: (socket) => socket.resetAndDestroy(),
    error: 'reset',
    detail: 'reset ECONNRESET',
  },
  'a connection closed before the reply': {
    answer: (socket) => socket.end(),
    error: 'reset',
    detail: 'reset closed-before-reply',
  },
  'half a reply': {
    answer: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    error: 'reset',
    detail: 'reset closed-within-reply',
  },
  'an endless head': {
    answer: (socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n${`X: ${'y'.repeat(997)}\r\n`.repeat(70)}`),
    error: 'protocol',
    detail: 'protocol head-too-large',
  },
  'another protocol': {
    answer: (socket) => socket.write('220 mail.example ESMTP\r\n'),
    error: 'protocol',
    detail: 'protocol bad-status-line',
  },
};

test.each(Object.entries(faults))(
  'counts %s, and goes on',
  async (_, { answer, error, detail }) => {
    let number = 0;
    const enough = new Enough(50);
    const { url } = await rawServer((socket) =>
      onRequests(socket, () => {
        number += 1;
        enough.saw();
        if (number % 3 === 0) answer(socket);
        else socket.write(reply('fine'));
      }),
    );
    const result = await checkedRun({
      baseUrl: url,
      scenario: getRequests('/'),
      profile: { model: 'closed', users: 4, duration: '1h' },
      signal: enough.signal,
    });
    const { errors, errorDetails, failed, count } = requestNamed(result, 'GET /');
    expect(failed).toBeGreaterThan(0);
    expect(count).toBeGreaterThan(failed);
    expect(errors).toEqual({ [error]: failed });
    expect(errorDetails).toEqual({ [detail]: failed });
    expect(result.generator.socketErrors).toBe(error === 'reset' ? failed : 0);
  },
);

test('counts refused connections of a server that goes away', async () => {
  let requests = 0;
  const controller = new AbortController();
  const server = await rawServer((socket) =>
    onRequests(socket, () => {
      requests += 1;
      if (requests === 20) server.vanish();
      else socket.write(reply('fine'));
    }),
  );
  const result = await checkedRun({
    baseUrl: server.url,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: '1h' },
    signal: controller.signal,
    // More than the two that were under way.
    onProgress: ({ failed }) => {
      if (failed > 2) controller.abort();
    },
  });
  const { succeeded, failed } = result.counts;
  expect(succeeded).toBe(19);
  expect(result.generator.socketErrors).toBe(failed);
  expect(requestNamed(result, 'GET /').errorDetails).toHaveProperty('connect ECONNREFUSED');
});

test('refuses a target on which nothing listens', async () => {
  const port = await refusingPort();
  await expect(
    runLoad({
      baseUrl: `http://127.0.0.1:${port}`,
      scenario: getRequests('/'),
      profile: { model: 'closed', users: 1, duration: 100 },
    }),
  ).rejects.toMatchObject({
    code: 'AMDAHL_LOAD_TARGET_UNREACHABLE',
    found: 'ECONNREFUSED',
    details: { port },
  });
});

test.each([
  ['ftp://127.0.0.1/', {}],
  ['127.0.0.1:80', {}],
  ['http://127.0.0.1', { workers: 0 }],
  ['http://127.0.0.1', { workers: 1.5 }],
  ['http://127.0.0.1', { scenario: getRequests() }],
  ['http://127.0.0.1', { scenario: { ...getRequests('/'), thinkTimeMs: -1 } }],
  [
    'http://127.0.0.1',
    {
      scenario: {
        kind: 'requests' as const,
        thinkTimeMs: 0,
        requests: [{ name: '/', method: 'GET', paths: ['/'], weight: 0 }],
      },
    },
  ],
])('refuses the options %s %j', async (baseUrl, changes) => {
  await expect(
    runLoad({
      baseUrl,
      scenario: getRequests('/'),
      profile: { model: 'closed', users: 1, duration: 100 },
      ...changes,
    }),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_BAD_OPTIONS' });
});

test('refuses a request of another origin before the start', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  await expect(
    runLoad({
      baseUrl,
      scenario: getRequests('http://other.example/'),
      profile: { model: 'closed', users: 1, duration: 100 },
    }),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_BAD_REQUEST' });
});

test.each([1, 2])('stops %i workers on a signal and keeps what was measured', async (workers) => {
  const baseUrl = await httpServer((_, response) => void setImmediate(() => response.end()));
  const controller = new AbortController();
  const result = await checkedRun({
    baseUrl,
    workers,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 3, duration: '1h' },
    signal: controller.signal,
    onProgress: (progress) => {
      if (progress.done > 0) controller.abort();
    },
  });
  expect(result.interrupted).toBe(true);
  expect(result.counts.succeeded).toBeGreaterThan(0);
});

test('stops at once on a signal given before the start', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 3, warmup: '1h', duration: '1h' },
    signal: AbortSignal.abort(),
  });
  expect(result).toMatchObject({ interrupted: true, measuredMs: 0, series: [] });
  expect(result.counts).toMatchObject({ started: 0 });
});

test('counts what was on its way when the run was stopped as aborted', async () => {
  const controller = new AbortController();
  let held = 0;
  const baseUrl = await httpServer(() => {
    held += 1;
    if (held === 3) controller.abort();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 3, duration: '1h' },
    signal: controller.signal,
  });
  expect(result.counts).toMatchObject({ started: 3, aborted: 3 });
});
