import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSqlText } from '../../../src/workload/sql-files/read-sql-text.ts';
import { nextPiece } from '../../../src/workload/sql-files/split-sql.ts';
import { sqlTokenAt } from '../../../src/workload/sql-files/sql-tokens.ts';

function pieces(text: string): readonly string[] {
  const found: string[] = [];
  for (let piece = nextPiece(text, 0); piece !== null; piece = nextPiece(text, piece.next)) {
    found.push(piece.text);
  }
  return found;
}

test.each([
  ['semicolons', 'SELECT 1; SELECT 2 ;;\n;SELECT 3', ['SELECT 1', 'SELECT 2', 'SELECT 3']],
  ['literals', `SELECT ';', E'\\';', ";" ; SELECT 2`, [`SELECT ';', E'\\';', ";"`, 'SELECT 2']],
  ['dollar quotes', 'DO $a$ x; $$; $a$; SELECT 2', ['DO $a$ x; $$; $a$', 'SELECT 2']],
  ['comments', '-- a; b\n/* ; /* ; */ ; */ SELECT 1 -- ;\n; SELECT 2', ['SELECT 1', 'SELECT 2']],
  [
    'parentheses',
    'CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2); SELECT 3',
    ['CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
  ],
  [
    'bodies of routines',
    'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3',
    [
      'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
      'SELECT 3',
    ],
  ],
  ['transactions', 'BEGIN; SELECT 1; END; SELECT 2', ['BEGIN', 'SELECT 1', 'END', 'SELECT 2']],
  [
    'commands of psql',
    '\\set a 1; b\n\\i x.sql\nSELECT 1 \\g\nSELECT 2\n\\gset p_\nSELECT 3;',
    ['SELECT 1', 'SELECT 2', 'SELECT 3'],
  ],
  [
    'data of COPY',
    'COPY t (a, b) FROM stdin;\n1\tx;y\n2\tSELECT 1;\n\\.\nSELECT 2;',
    ['COPY t (a, b) FROM stdin', 'SELECT 2'],
  ],
  ['nothing', ' -- only a comment\n', []],
])('%s', (_, text, expected) => {
  expect(pieces(text)).toEqual(expected);
});

test('tokens put together are the text', () => {
  const bits = [
    "'",
    '"',
    '$$',
    '$a$',
    '--',
    '/*',
    '*/',
    ';',
    '\n',
    '\\',
    '(',
    ')',
    ':',
    '?',
    '%s',
    'é',
    '🐘',
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ unit: 'binary' })));
  fc.assert(
    fc.property(
      text.map((parts) => parts.join('')),
      (sql) => {
        let whole = '';
        for (
          let token = sqlTokenAt(sql, 0);
          token !== null;
          token = sqlTokenAt(sql, whole.length)
        ) {
          expect(token.text.length).toBeGreaterThan(0);
          whole += token.text;
        }
        expect(whole).toBe(sql);
      },
    ),
  );
});

test('a statement that does not parse is told by its line, those behind it are read', () => {
  const read = readSqlText(
    [
      'SELECT 1 FROM a;',
      'SELEC 2 FROM b;',
      'SELECT 3 FROM c;',
      "SELECT 'never closed FROM d;",
      'SELECT 5 FROM e;',
      'SELECT (6 FROM f;',
      'SELECT 7 FROM g;',
      'CREATE FUNCTION h() RETURNS void LANGUAGE sql AS $$ SELECT 8 FROM h;',
      'SELECT 9 FROM i; $$ STRANGE WORDS;',
      'SELECT 10 FROM j;',
    ].join('\n'),
  );
  expect(read.statements.map(({ text, line }) => `${line} ${text}`)).toEqual([
    '1 SELECT 1 FROM a',
    '3 SELECT 3 FROM c',
    '5 SELECT 5 FROM e',
    '7 SELECT 7 FROM g',
    '10 SELECT 10 FROM j',
  ]);
  expect(read.unread.map(({ line, text }) => `${line} ${text.slice(0, 20)}`)).toEqual([
    '2 SELEC 2 FROM b',
    "4 SELECT 'never closed",
    '6 SELECT (6 FROM f;',
    '8 CREATE FUNCTION h() ',
  ]);
});

test('whatever stands before it, a statement on a line of its own is not lost', () => {
  const bits = [
    "'",
    '"',
    '(',
    ')',
    'SELECT',
    'FROM',
    'CASE',
    'x',
    ' ',
    '\n',
    ';',
    ':a',
    '?',
    '%s',
    '@',
    ',',
    'é',
    '1',
  ];
  const garbage = fc.array(fc.constantFrom(...bits), { maxLength: 30 });
  fc.assert(
    fc.property(garbage, (parts) => {
      const { statements, unread } = readSqlText(
        `${parts.join('')};\nSELECT good FROM fine WHERE id = 1;\nSELECT better FROM fine;\n`,
      );
      const texts = statements.map(({ text }) => text);
      const seen = [...texts, ...unread.map(({ text }) => text)].join('\n');
      expect(seen).toContain('good');
      // A quote that stays open can swallow the one behind it, never the one after that.
      expect(texts).toContain('SELECT better FROM fine');
    }),
    { numRuns: 500 },
  );
});
