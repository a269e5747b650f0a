import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fixable, parseFixes, switches, switchNames } from '../src/switches.ts';

test('no text fixes nothing', () => {
  expect([...parseFixes('')]).toEqual([]);
});

test('names are read in any order, with or without blanks', () => {
  expect([...parseFixes('n-plus-one, index,')]).toEqual(['n-plus-one', 'index']);
});

test('all stands for every switch that has a fix', () => {
  expect([...parseFixes('all')]).toEqual(fixable);
  expect(fixable).not.toContain('replicas');
  expect(fixable.length).toBe(switchNames.length - 3);
});

test('an unknown name is refused, and the names there are are listed', () => {
  expect(() => parseFixes('index,indices')).toThrow(/found "indices".*n-plus-one, duplicate-read/);
});

test('a switch without a fix says what it waits for', () => {
  expect(() => parseFixes('replicas')).toThrow('waits for @amdahl/database');
});

test('every row of the strategy table has a switch', () => {
  const rows = new Set(switches.map(({ row }) => row));
  expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
});

test('every switch points at a file of the shop', () => {
  const missing = switches.filter(
    ({ where }) => !existsSync(new URL(`../src/${where}`, import.meta.url)),
  );
  expect(missing).toEqual([]);
});

test('the table in the README is the table of switches', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = switches.map(
    ({ name, row, sin, fix, where, waitsFor }) =>
      `| \`${name}\` | ${row} | ${sin} | ${fix}${waitsFor === null ? '' : ` *Waits for ${waitsFor}.*`} | src/${where} |`,
  );
  const written = readme.split('\n').filter((line) => /^\| `.*\| src\/\S+ \|$/.test(line));
  expect(written).toEqual(rows);
});
