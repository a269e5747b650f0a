/** One run of our engine: `drive.ts requests|script URL CONNECTIONS SECONDS`. */
import { fileURLToPath } from 'node:url';
import { runLoad, type LoadScenario } from '@amdahl/load';

const [scenarioName, baseUrl = '', connections, seconds] = process.argv.slice(2);
const scenario: LoadScenario =
  scenarioName === 'script'
    ? { kind: 'script', file: fileURLToPath(new URL('users.ts', import.meta.url)) }
    : {
        kind: 'requests',
        thinkTimeMs: 0,
        requests: [{ name: '/', method: 'GET', paths: ['/'], weight: 1 }],
      };
const { counts } = await runLoad({
  baseUrl,
  scenario,
  profile: { model: 'closed', users: Number(connections), duration: `${Number(seconds)}s` },
});
if (counts.failed > 0 || counts.aborted > 0) throw new Error(JSON.stringify(counts));
process.stdout.write(JSON.stringify({ requests: counts.succeeded }));
