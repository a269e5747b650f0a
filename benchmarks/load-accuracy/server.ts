/**
 * A server of known latency: `server.ts SCENARIO`, prints its port. It waits for the last two
 * milliseconds of each reply in a loop, since timers tick in milliseconds; so it wants a core of
 * its own.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { doneAt, scenarios, type ScenarioName } from './scenarios.ts';

const scenario = scenarios[process.argv[2] as ScenarioName];
const spinMs = 2;
/** Replies by the time they are due, earliest first. */
const pending: { readonly dueMs: number; readonly reply: ServerResponse }[] = [];
let startMs: number | undefined;
let served = 0;
let freeMs = 0;
let spinning = false;

const server = createServer((_request, reply) => {
  const nowMs = performance.now();
  startMs ??= nowMs;
  const arrivalMs = nowMs - startMs;
  const turnMs = scenario.oneWorker ? Math.max(arrivalMs, freeMs) : arrivalMs;
  const doneMs = doneAt(scenario, turnMs, scenario.service[served] as number);
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

/** Answers what is due, and turns the event loop while something is due soon. */
function spin(): void {
  if (spinning) return;
  const nowMs = performance.now();
  while ((pending[0]?.dueMs ?? Infinity) <= nowMs) pending.shift()?.reply.end('ok');
  if ((pending[0]?.dueMs ?? Infinity) - nowMs > spinMs + 1) return;
  spinning = true;
  setImmediate(() => {
    spinning = false;
    spin();
  });
}
