/**
 * Connects users and says what they take: `drive-users.ts requests|script URL USERS`. All are
 * connected ten seconds after the start, the time they spread over; each has come back once, and
 * thinks, when memory is read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runLoad, type LoadScenario } from '@amdahl/load';
import { residentBytes, workerHeap } from './own-memory.ts';

const [scenarioName, baseUrl = '', users] = process.argv.slice(2);
const rampSeconds = 10;
const readAtSeconds = 18;
const scenario: LoadScenario =
  scenarioName === 'script'
    ? { kind: 'script', file: fileURLToPath(new URL('users.ts', import.meta.url)) }
    : {
        kind: 'requests',
        thinkTimeMs: rampSeconds * 1_000,
        requests: [{ name: '/', method: 'GET', paths: ['/'], weight: 1 }],
      };

const enough = new AbortController();
const run = runLoad({
  baseUrl,
  scenario,
  profile: {
    model: 'closed',
    users: Number(users),
    rampUp: `${rampSeconds}s`,
    duration: '1m',
  },
  signal: enough.signal,
});
run.catch(() => undefined);
await Promise.race([sleep(readAtSeconds * 1_000), run]);
const asItRuns = residentBytes();
const heap = await workerHeap('collected');
const afterCollection = residentBytes();
enough.abort();
const { counts, generator } = await run;
if (counts.failed > 0 || generator.socketsOpened !== Number(users)) {
  throw new Error(JSON.stringify({ counts, socketsOpened: generator.socketsOpened }));
}
process.stdout.write(
  JSON.stringify({
    residentBytes: asItRuns,
    collectedBytes: afterCollection,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    ...heap,
  }),
);
