import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareCodes, familyOf, valueMask, type Family } from '../../src/lab/value-mask.ts';

const digits = fc
  .stringMatching(/^-?(0|[1-9]\d{0,18})(\.\d{0,5}[1-9])?$/)
  .filter((n) => n !== '-0');
const times = fc
  .date({ min: new Date('0100-01-01'), max: new Date('9000-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 10)} ${date.toISOString().slice(11, 23)}+00`);

interface Case {
  readonly family: Family;
  readonly type: string;
  readonly values: fc.Arbitrary<string>;
  readonly compare: (a: string, b: string) => number;
}

const number = (a: string, b: string): number => {
  // Exact: these have more digits than a float keeps.
  const scaled = (text: string): bigint => {
    const [whole = '', fraction = ''] = text.replace('-', '').split('.');
    const size = BigInt(whole + fraction.padEnd(6, '0'));
    return text.startsWith('-') ? -size : size;
  };
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : Number(difference > 0n);
};

const cases: readonly Case[] = [
  { family: 'number', type: 'numeric', values: digits, compare: number },
  {
    family: 'smallint',
    type: 'smallint',
    values: fc.integer({ min: -32_768, max: 32_767 }).map(String),
    compare: number,
  },
  { family: 'time', type: 'timestamp with time zone', values: times, compare: compareCodes },
  { family: 'uuid', type: 'uuid', values: fc.uuid(), compare: compareCodes },
  { family: 'text', type: 'text', values: fc.string({ unit: 'grapheme' }), compare: compareCodes },
];

describe.each(cases)('values of the family $family', ({ family, type, values, compare }) => {
  const lists = fc.array(values, { minLength: 1, maxLength: 60 });
  const maskOf = (list: readonly string[]): ((value: string) => string) => {
    const mask = valueMask(
      family,
      list.map((value) => [type, value] as const),
      compareCodes,
    );
    return (value) => mask.mask(type, value) ?? 'not masked';
  };
  const masked = family === 'number' || family === 'smallint' ? number : compareCodes;

  test('keep their order, and equal ones stay equal', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const mask = maskOf(list);
        for (const a of list) {
          for (const b of list) {
            expect(Math.sign(masked(mask(a), mask(b)))).toBe(Math.sign(compare(a, b)));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test('leave others where they belong between them', () => {
    fc.assert(
      fc.property(lists, values, (list, other) => {
        const mask = maskOf(list);
        for (const known of list) {
          const order = Math.sign(masked(mask(other), mask(known)));
          expect([order, 0]).toContain(Math.sign(compare(other, known)) === 0 ? 0 : order);
          // On the same place at the worst, where a type has no room; never on the other side.
          expect(order * Math.sign(compare(other, known))).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 50 },
    );
  });
});

test('no text survives, not even by chance', () => {
  // What the first would be, had the others not begun so as well.
  const likely = ['a', 'vaaaa', 'vaaab', 'vaaac', 'vvaaab'];
  const likelyMask = valueMask(
    'text',
    likely.map((value) => ['text', value] as const),
    compareCodes,
  );
  for (const value of likely) expect(likely).not.toContain(likelyMask.mask('text', value));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.stringMatching(/^v{1,3}[a-z]{0,5}$/)), { minLength: 1 }),
      (list) => {
        const mask = valueMask(
          'text',
          list.map((value) => ['text', value] as const),
          compareCodes,
        );
        const real = new Set(list);
        for (const value of list) expect(real.has(mask.mask('text', value) ?? value)).toBe(false);
      },
    ),
  );
});

test('numbers written in several ways are one, and each type has its family', () => {
  const mask = valueMask(
    'number',
    [
      ['numeric', '1.50'],
      ['integer', '2'],
    ],
    compareCodes,
  );
  expect(mask.mask('numeric', '1.5')).toBe(mask.mask('double precision', '1.500'));
  expect(mask.mask('bigint', '2')).toBe(mask.mask('numeric', '2.0'));
  expect(mask.mask('numeric', 'NaN')).toBeNull();
  expect(familyOf('jsonb')).toBeNull();
  expect(familyOf('timestamp without time zone')).toBe('time');
});

test('a date and the midnight it begins with are one, in whatever zone it is written', () => {
  const mask = valueMask(
    'time',
    [
      ['date', '2024-05-01'],
      ['date', '2024-06-01'],
    ],
    compareCodes,
  );
  const day = mask.mask('date', '2024-05-01') ?? '';
  expect(mask.mask('timestamp with time zone', '2024-05-01 09:00:00+09')).toBe(
    `${day} 00:00:00.000+00`,
  );
  expect(mask.mask('timestamp without time zone', 'infinity')).toBeNull();
});
