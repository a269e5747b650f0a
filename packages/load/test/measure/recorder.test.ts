import { expect, test } from 'vitest';
import { maxRequestNames, Recorder, type RecordedExchange } from '../../src/measure/recorder.ts';
import { histogram } from '../support/run.ts';

/** A recorder of the time from 1,000 to 2,000 ms. */
function recorder(): Recorder {
  const made = new Recorder();
  Object.assign(made.time, { fromMs: 1_000, toMs: 2_000 });
  return made;
}

function exchange(recorder: Recorder, changes: Partial<RecordedExchange> = {}): RecordedExchange {
  return {
    method: 'GET',
    wire: '',
    timeoutMs: 1,
    keepReply: false,
    stats: recorder.stats('GET', '/'),
    intendedMs: 1_100,
    readyMs: 1_110,
    sentMs: 1_112,
    doneMs: 1_150,
    status: 200,
    error: undefined,
    errorDetail: undefined,
    receivedBytes: 100,
    setCookies: [],
    head: '',
    body: '',
    counted: false,
    settled() {},
    ...changes,
  };
}

function record(to: Recorder, changes: Partial<RecordedExchange> = {}): void {
  const made = exchange(to, changes);
  to.begin(made);
  to.end(made);
}

test('keeps three times apart: intended, sent, done', () => {
  const made = recorder();
  record(made);
  const [request] = made.requestReports();
  expect(histogram(request?.responseTime).max).toBe(50_015);
  expect(histogram(request?.serviceTime).max).toBe(38_015);
  expect(made.lag.max).toBe(2_000);
});

test('counts a request by its intended time', () => {
  const made = recorder();
  record(made, { intendedMs: 999.9 });
  record(made, { intendedMs: 1_000 });
  record(made, { intendedMs: 1_999.9, doneMs: 2_500 });
  expect(made.isOver(1_999.9)).toBe(false);
  expect(made.isOver(2_000)).toBe(true);
  expect(made.counts).toMatchObject({ started: 2, succeeded: 2, warmup: 1 });
  // The late reply counts, but in no second of the measured time.
  expect(made.endSecond(3)).toMatchObject({ index: 0, done: 1, inFlight: 3 });
  expect(made.endSecond(0)).toMatchObject({ index: 1, done: 0, responseTime: '' });
});

test('leaves failures without a reply out of the times, but not time-outs', () => {
  const made = recorder();
  record(made, { status: 503 });
  record(made, { status: 0, error: 'timeout', errorDetail: 'no-reply-in-time', doneMs: 9_000 });
  record(made, { status: 0, error: 'connect', errorDetail: 'ECONNREFUSED' });
  record(made, { status: 0, error: 'reset', errorDetail: 'ECONNRESET' });
  const [request] = made.requestReports();
  expect(made.counts).toMatchObject({ started: 4, succeeded: 0, failed: 4 });
  expect(request).toMatchObject({
    statuses: { 0: 3, 503: 1 },
    errors: { timeout: 1, connect: 1, reset: 1 },
    errorDetails: { 'connect ECONNREFUSED': 1, 'timeout no-reply-in-time': 1 },
  });
  expect(histogram(request?.responseTime).count).toBe(2);
  expect(made.socketErrors).toBe(2);
});

test('counts what is under way when it gives up as aborted', () => {
  const made = recorder();
  made.begin(exchange(made));
  made.begin(exchange(made, { intendedMs: 500 }));
  record(made);
  made.abort();
  expect(made.counts).toMatchObject({ started: 2, succeeded: 1, aborted: 1, warmup: 0 });
});

test('keeps a bounded number of names, kinds of errors, checks and samples', () => {
  const made = recorder();
  for (let index = 0; index < 2_000; index += 1) {
    record(made, {
      stats: made.stats(index % 2 === 0 ? 'GET' : 'POST', `/${index}`),
      error: 'protocol',
      errorDetail: `kind-${index}`,
    });
    record(made, { error: 'connect', errorDetail: `E${index}` });
    made.check(`check ${index}`, true);
    made.taskError({ task: 't', message: `${index}` });
  }
  const requests = made.requestReports();
  expect(requests).toHaveLength(maxRequestNames + 1);
  expect(requests.find((request) => request.path === '(other)')?.method).toBe('*');
  const details = requests.find((request) => request.path === '/')?.errorDetails ?? {};
  expect(Object.keys(details).length).toBeLessThanOrEqual(21);
  expect(details['(other)']).toBe(2_000 - 20);
  expect(made.checkResults()).toHaveLength(201);
  expect(made.taskErrorSamples).toHaveLength(10);
  expect(made.counts.taskErrors).toBe(2_000);
});
