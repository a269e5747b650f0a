/** One run of our engine: `drive.ts URL USERS SECONDS`. */
import { fileURLToPath } from 'node:url';
import { runLoad } from '@amdahl/load';

const [baseUrl = '', users, seconds] = process.argv.slice(2);
const { counts, checks } = await runLoad({
  baseUrl,
  scenario: { kind: 'script', file: fileURLToPath(new URL('users.ts', import.meta.url)) },
  profile: { model: 'closed', users: Number(users), duration: `${Number(seconds)}s` },
});
if (counts.failed > 0 || checks.some(({ failed }) => failed > 0)) {
  throw new Error(JSON.stringify({ counts, checks }));
}
process.stdout.write(JSON.stringify({ requests: counts.succeeded }));
