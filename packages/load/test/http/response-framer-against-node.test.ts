import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readsDamagedReplies, readsPiecesAsWhole, readsValidReplies } from './framer-properties.ts';

test('reads valid replies as Node does, however they are split', async () => {
  await expect(fc.assert(readsValidReplies, { numRuns: 500 })).resolves.toBeUndefined();
});

test('reads damaged replies as Node does, or finds fault with them', async () => {
  await expect(fc.assert(readsDamagedReplies, { numRuns: 1_000 })).resolves.toBeUndefined();
});

test('says the same of a reply however it is split', async () => {
  await expect(fc.assert(readsPiecesAsWhole, { numRuns: 1_000 })).resolves.toBeUndefined();
});
