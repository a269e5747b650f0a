import { expect, test } from 'vitest';
import { suggest } from '../../src/config/suggest.ts';

const keys = ['app', 'url', 'readyPath', 'readyTimeout', 'objectives', 'database'];

test.each([
  ['objective', 'objectives'],
  ['readypath', 'readyPath'],
  ['readyTimout', 'readyTimeout'],
  ['databse', 'database'],
  ['ulr', null],
  ['colour', null],
])('%s → %s', (word, meant) => {
  expect(suggest(word, keys)).toBe(meant);
});
