/**
 * A server of known latency: `known-latency-server NAME SECONDS`, prints its port. It waits for the
 * last two milliseconds of each reply in a loop, since timers tick in milliseconds; so it wants a
 * core of its own. At the path `/lateness` it tells how late its own replies were, in microseconds.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Histogram } from '@amdahl/metrics';
import { doneAt, knownLatency, type LatencyName } from './known-latency.ts';

/** Path at which it tells its own error. */
const latenessPath = '/lateness';

const latency = knownLatency(process.argv[2] as LatencyName, Number(process.argv[3]));
const spinMs = 2;
/** Replies by the time they are due, earliest first. */
const pending: { readonly dueMs: number; readonly reply: ServerResponse }[] = [];
const lateness = new Histogram();
let startMs: number | undefined;
let served = 0;
let freeMs = 0;
let spinning = false;

const server = createServer((request, reply) => {
  if (request.url === latenessPath) {
    reply.end(String(lateness.valueAtPercentile(99)));
    return;
  }
  const nowMs = performance.now();
  startMs ??= nowMs;
  const arrivalMs = nowMs - startMs;
  const turnMs = latency.oneWorker ? Math.max(arrivalMs, freeMs) : arrivalMs;
  const doneMs = doneAt(latency, turnMs, latency.serviceMs[served] ?? 0);
  served += 1;
  freeMs = doneMs;
  const dueMs = startMs + doneMs;
  const at = pending.findIndex((other) => other.dueMs > dueMs);
  pending.splice(at < 0 ? pending.length : at, 0, { dueMs, reply });
  setTimeout(spin, Math.max(0, dueMs - nowMs - spinMs));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
// Whoever started it is gone when its end of the pipe is.
process.stdin.on('end', () => process.exit()).resume();

/** Answers what is due, and turns the event loop while something is due soon. */
function spin(): void {
  if (spinning) return;
  const nowMs = performance.now();
  while ((pending[0]?.dueMs ?? Infinity) <= nowMs) {
    const due = pending.shift();
    lateness.record((nowMs - (due?.dueMs ?? nowMs)) * 1_000);
    due?.reply.end('ok');
  }
  if ((pending[0]?.dueMs ?? Infinity) - nowMs > spinMs + 1) return;
  spinning = true;
  setImmediate(() => {
    spinning = false;
    spin();
  });
}
