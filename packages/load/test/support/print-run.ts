/** Runs 100 users against the URL given and prints the result: a process with limits of its own. */
import { runLoad } from '@amdahl/load';

const result = await runLoad({
  baseUrl: process.argv[2] ?? '',
  scenario: {
    kind: 'requests',
    thinkTimeMs: 10,
    requests: [{ name: '/', method: 'GET', paths: ['/'], weight: 1 }],
  },
  profile: { model: 'closed', users: 100, duration: '500ms' },
});
process.stdout.write(JSON.stringify(result));
