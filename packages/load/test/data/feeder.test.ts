import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@amdahl/metrics';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { feeder } from '../../src/data/feeder.ts';
import { setPlacement } from '../../src/data/placement.ts';

const folder = mkdtempSync(join(tmpdir(), 'amdahl-test-'));
const user = { random: seededRandom(1) };
const alone = { index: 0, of: 1 };

beforeEach(() => setPlacement({ folder, share: alone }));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  // Made again for each test, since each takes it away.
  rmSync(folder, { recursive: true, force: true });
  const again = mkdtempSync(join(tmpdir(), 'amdahl-test-'));
  setPlacement({ folder: again, share: alone });
  writeFileSync(join(again, name), text);
  return name;
}

test('unique rows are shared by workers without overlap, and run out', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 7 }), (rows, of) => {
      const all = Array.from({ length: rows }, (_, index) => index);
      const given: number[] = [];
      for (let index = 0; index < of; index += 1) {
        setPlacement({ folder, share: { index, of } });
        const own = feeder.rows(all, { mode: 'unique' });
        for (let count = Math.ceil((rows - index) / of); count > 0; count -= 1) {
          given.push(own.next(user));
        }
        expect(() => own.next(user)).toThrow(`each of its ${rows} rows`);
      }
      expect(given.sort((a, b) => a - b)).toEqual(all);
    }),
  );
});

test('circular rows begin again, each worker with rows of its own', () => {
  const take = (index: number): readonly string[] => {
    setPlacement({ folder, share: { index, of: 2 } });
    const own = feeder.rows(['a', 'b', 'c']);
    return [own.next(user), own.next(user), own.next(user)];
  };
  expect(take(0)).toEqual(['a', 'c', 'b']);
  expect(take(1)).toEqual(['b', 'a', 'c']);
});

test('generated rows are numbered over all workers, random ones follow the seed', () => {
  setPlacement({ folder, share: { index: 1, of: 3 } });
  const numbers = feeder.generate((index) => index);
  expect([numbers.next(user), numbers.next(user)]).toEqual([1, 4]);
  const draw = (seed: number): readonly number[] => {
    const random = seededRandom(seed);
    const rows = feeder.rows([1, 2, 3, 4, 5, 6, 7, 8], { mode: 'random' });
    return Array.from({ length: 20 }, () => rows.next({ random }));
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('reads CSV with a header, and JSON', () => {
  const csv = feeder.csv(written('a.csv', '\uFEFFname, age\nAda, 36\n\n"Hopper, G.",50\n'));
  expect([csv.next(user), csv.next(user)]).toEqual([
    { name: 'Ada', age: '36' },
    { name: 'Hopper, G.', age: '50' },
  ]);
  expect(feeder.json(written('a.json', '[7]')).next(user)).toBe(7);
});

test.each([
  ['an empty file', 'a.csv', '', 'at least one row'],
  ['a header alone', 'a.csv', 'name,age\n', 'at least one row'],
  ['a row too long', 'a.csv', 'name\nAda\nGrace,45\n', 'line 3'],
  ['broken JSON', 'a.json', '[{', 'JSON in a.json'],
  ['no array', 'a.json', '{}', 'an array in a.json'],
  ['an empty array', 'a.json', '[]', 'at least one row'],
])('%s is refused', (_, name, text, expected) => {
  const file = written(name, text);
  const read = (): unknown => (name.endsWith('.csv') ? feeder.csv(file) : feeder.json(file));
  expect(read).toThrow(expect.objectContaining({ code: 'AMDAHL_LOAD_BAD_DATA' }) as Error);
  expect(read).toThrow(expected);
});

test('a missing file and a mode that is none are refused', () => {
  expect(() => feeder.csv('missing.csv')).toThrow('missing.csv');
  expect(() => feeder.rows([1], { mode: 'sometimes' as 'random' })).toThrow('sometimes');
});
