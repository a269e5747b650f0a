import { expect, test } from 'vitest';
import { TtlCache } from '../../src/catalogue/ttl-cache.ts';

function openCache(): { cache: TtlCache; pass: (ms: number) => void } {
  let nowMs = 0;
  return {
    cache: new TtlCache({ ttlMs: 1000, maxEntries: 2, now: () => nowMs }),
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

test('a value is loaded once within its lifetime, also by callers at the same time', async () => {
  const { cache, pass } = openCache();
  let loads = 0;
  const load = async (): Promise<number> => (loads += 1);
  expect(await Promise.all([cache.getOrLoad('a', load), cache.getOrLoad('a', load)])).toEqual([
    1, 1,
  ]);
  pass(999);
  expect(await cache.getOrLoad('a', load)).toBe(1);
  pass(1);
  expect(await cache.getOrLoad('a', load)).toBe(2);
});

test('the oldest entry makes room', async () => {
  const { cache } = openCache();
  for (const key of ['a', 'b', 'c']) await cache.getOrLoad(key, async () => key);
  expect(cache.size).toBe(2);
  expect(await cache.getOrLoad('a', async () => 'again')).toBe('again');
  expect(await cache.getOrLoad('c', async () => 'again')).toBe('c');
});

test('a load that fails is tried again', async () => {
  const { cache } = openCache();
  await expect(cache.getOrLoad('a', () => Promise.reject(new Error('down')))).rejects.toThrow(
    'down',
  );
  expect(await cache.getOrLoad('a', async () => 'up')).toBe('up');
});
