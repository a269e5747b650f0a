/**
 * Runs the framer's properties beside Node's own parser for as long as asked, each round with a
 * seed of its own: `npx node packages/load/test/http/fuzz.ts --minutes 10`. Prints how many replies
 * were read; ends with code 1 and the shrunk reply, its seed and path at the first difference.
 */
import * as fc from 'fast-check';
import { parseArgs } from 'node:util';
import { readsDamagedReplies, readsPiecesAsWhole, readsValidReplies } from './framer-properties.ts';

const runsARound = 500;
const properties: readonly { check: (seed: number) => Promise<void> }[] = [
  { check: (seed) => fc.assert(readsValidReplies, { seed, numRuns: runsARound }) },
  { check: (seed) => fc.assert(readsDamagedReplies, { seed, numRuns: runsARound }) },
  { check: (seed) => fc.assert(readsPiecesAsWhole, { seed, numRuns: runsARound }) },
];

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new TypeError(`--minutes takes a number above 0, not ${values.minutes}.`);
let seed = Number(values.seed ?? Date.now() % 2 ** 31);
const firstSeed = seed;
const endMs = performance.now() + minutes * 60_000;
let replies = 0;
while (performance.now() < endMs) {
  for (const { check } of properties) {
    await check(seed);
    replies += runsARound;
  }
  seed += 1;
}
process.stdout.write(`${replies} replies read alike in ${minutes} min, seeds from ${firstSeed}\n`);
