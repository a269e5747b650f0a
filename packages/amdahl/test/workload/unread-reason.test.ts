import { expect, test } from 'vitest';
import { parseStatement } from '../../src/sql/parser.ts';
import { unreadReason } from '../../src/workload/unread-reason.ts';

const reasonOf = (text: string): string => unreadReason(parseStatement(text).error ?? '');

test.each(['SELECT * FROM t WHERE a =', "SELECT * FROM t WHERE a = 'beginn", 'SELECT "a'])(
  'cut off: %s',
  (text) => {
    expect(reasonOf(text)).toMatch(/^the text was cut off: /);
  },
);

test('anything else is told in the words of the parser', () => {
  expect(reasonOf('SELEC 1')).toBe('syntax error at or near "SELEC"');
});

test('what follows an open quote is not repeated at length', () => {
  expect(reasonOf(`SELECT '${'x'.repeat(1_000)}`).length).toBeLessThan(200);
});
