import { describe, expect, test } from 'vitest';
import type { LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { searchIndexes, type SearchLimits } from '../../../src/lab/experiments/search-indexes.ts';
import type { SelectionProblem } from '../../../src/lab/experiments/selection-problem.ts';
import type { WeighedStatement } from '../../../src/lab/experiments/weigh-statements.ts';
import { defineIndex, type LabIndex } from '../../../src/sql/index-definition.ts';
import { column, index as catalogIndex, table } from '../../sql/schema-fixture.ts';

const orders = table(
  'orders',
  ['a', 'b', 'c', 'd'].map((name) => column(name, 'integer')),
);

/** `a,b+c`: keys a and b, c included. */
function index(text: string): LabIndex {
  const [keys = '', payload = ''] = text.split('+');
  const proposal = {
    table: orders,
    method: 'btree',
    keys: keys.split(',').map((name) => ({ column: name })),
    include: payload === '' ? [] : payload.split(','),
    reason: '',
  } as const;
  return defineIndex(proposal, new Set());
}

interface Setting {
  /** Megabytes by index. */
  readonly sizes: Readonly<Record<string, number>>;
  /** What each statement costs today, and with which indexes it costs what. */
  readonly statements: readonly {
    readonly cost: number;
    readonly with: Readonly<Record<string, number>>;
  }[];
  readonly upkeep?: Readonly<Record<string, number>>;
  /** Those that an index of the table begins with. */
  readonly beside?: readonly string[];
}

/** A workload whose costs are written down; a statement takes the best of the indexes that are there. */
function problemOf({ sizes, statements, upkeep = {}, beside = [] }: Setting): {
  readonly problem: SelectionProblem;
  readonly names: ReadonlyMap<LabIndex, string>;
} {
  const wide = catalogIndex('orders', 'wide', ['a', 'b', 'c', 'd']);
  const candidates = new Map(
    Object.keys(sizes).map((text) => [
      text,
      beside.includes(text) ? { ...index(text), beside: wide } : index(text),
    ]),
  );
  const names = new Map([...candidates].map(([text, each]) => [each, text]));
  const weighed = statements.map(({ cost }): WeighedStatement => ({
    statement: {} as LabStatement,
    weight: 1,
    msPerCost: 1,
    cost,
  }));
  const cost = (one: WeighedStatement, set: ReadonlySet<LabIndex>): number => {
    const present = new Set([...set].map((each) => names.get(each) ?? ''));
    const options = Object.entries(statements[weighed.indexOf(one)]?.with ?? {});
    // `a & b`: both must be there.
    const open = options.filter(([need]) => need.split(' & ').every((each) => present.has(each)));
    return Math.min(one.cost, ...open.map(([, each]) => each));
  };
  const everything = new Set(candidates.values());
  const problem: SelectionProblem = {
    statements: weighed,
    candidates: [...everything],
    sizeOf: (each) => (sizes[names.get(each) ?? ''] ?? 0) * 1_000_000,
    overheadMs: (each) => upkeep[names.get(each) ?? ''] ?? 0,
    cost: (one, set) => Promise.resolve(cost(one, set)),
    // No more is known than in the beginning: what the statement costs with all there is.
    least: (one) => cost(one, everything),
    tryAlone: () => Promise.resolve(),
    ideal: everything,
  };
  return { problem, names };
}

async function search(
  setting: Setting,
  limits: SearchLimits = {},
  made: number = 0,
): Promise<{ readonly chosen: readonly string[]; readonly complete: boolean }> {
  const { problem, names } = problemOf(setting);
  const { chosen, complete } = await searchIndexes(problem, { made }, limits);
  return { chosen: chosen.map((each) => names.get(each) ?? '').toSorted(), complete };
}

const chosenFor = async (setting: Setting, limits?: SearchLimits): Promise<readonly string[]> =>
  (await search(setting, limits)).chosen;

describe('a set of indexes', () => {
  test('has one for two statements rather than one for each', async () => {
    const statements = [
      { cost: 1_000, with: { 'a,b': 11.99, 'a,c': 12, 'a,b,c': 15 } },
      { cost: 1_000, with: { 'a,c': 10, 'a,b,c': 12 } },
    ];
    expect(await chosenFor({ sizes: { 'a,b': 3, 'a,b,c': 4, 'a,c': 3 }, statements })).toEqual([
      'a,c',
    ]);
  });

  test('grows wider where that pays, and then needs the shorter one no more', async () => {
    const statements = [
      { cost: 1_000, with: { a: 300, 'a,b': 5, 'a,b+c': 5 } },
      { cost: 1_000, with: { 'a,b+c': 5 } },
    ];
    expect(await chosenFor({ sizes: { a: 1, 'a,b': 2, 'a,b+c': 3 }, statements })).toEqual([
      'a,b+c',
    ]);
  });

  test('drops what a later one made superfluous', async () => {
    // By the byte b comes first; then d serves its statement as well.
    const statements = [
      { cost: 1_000, with: { b: 100, d: 100 } },
      { cost: 9_000, with: { d: 50 } },
    ];
    expect(await chosenFor({ sizes: { b: 0.1, d: 9 }, statements })).toEqual(['d']);
  });

  test('leaves out what costs the writes more than it saves', async () => {
    const setting = {
      sizes: { a: 1, b: 1 },
      statements: [{ cost: 1_000, with: { a: 100, b: 200 } }],
    };
    expect(await chosenFor({ ...setting, upkeep: { a: 901 } })).toEqual(['b']);
    expect(await chosenFor({ ...setting, upkeep: { a: 901, b: 801 } })).toEqual([]);
  });

  test('has nothing for a gain of less than 0.3 %, unless it is much of one statement', async () => {
    const statements = [
      { cost: 100_000, with: { a: 99_800 } },
      { cost: 250, with: { b: 50 } },
      { cost: 90, with: { c: 1 } },
    ];
    expect(await chosenFor({ sizes: { a: 1, b: 1, c: 1 }, statements })).toEqual(['b']);
  });
});

test('what saves little of today’s workload can be left out, however little is left of it', async () => {
  const statements = [
    { cost: 90, with: { a: 1 } },
    { cost: 90, with: { a: 1 } },
    { cost: 10, with: { b: 1 } },
  ];
  const setting = { sizes: { a: 1, b: 1 }, statements };
  expect(await chosenFor(setting)).toEqual(['a', 'b']);
  expect(await chosenFor(setting, { leastOfToday: 0.05 })).toEqual(['a']);
});

test('what only is smaller than an index of the table must save more than that', async () => {
  const statements = [
    { cost: 1_000, with: { a: 970 } },
    { cost: 200, with: { b: 120 } },
    { cost: 9_000, with: {} },
  ];
  const setting = { sizes: { a: 1, b: 1 }, statements };
  expect(await chosenFor(setting)).toEqual(['b']);
  expect(await chosenFor({ ...setting, beside: ['b'] })).toEqual([]);
  const more = [{ cost: 1_000, with: { b: 120 } }, ...statements];
  expect(await chosenFor({ ...setting, statements: more, beside: ['b'] })).toEqual(['b']);
});

describe('limits', () => {
  const setting: Setting = {
    sizes: { a: 1, b: 1, c: 10 },
    statements: [
      { cost: 1_000, with: { a: 100, c: 90 } },
      { cost: 2_000, with: { b: 500, c: 90 } },
      { cost: 9_000, with: { c: 100 } },
    ],
  };

  test('of size are kept, whichever way they are filled best', async () => {
    expect(await chosenFor(setting)).toEqual(['c']);
    expect(await chosenFor(setting, { maxSizeBytes: 10_000_000 })).toEqual(['c']);
    expect(await chosenFor(setting, { maxSizeBytes: 2_000_000 })).toEqual(['a', 'b']);
    expect(await chosenFor(setting, { maxSizeBytes: 1_000_000 })).toEqual(['b']);
    expect(await chosenFor(setting, { maxSizeBytes: 999_999 })).toEqual([]);
  });

  test('of size do not keep out what is better than all that filled the budget first', async () => {
    // By the byte a, c, d come first, by gain e: then b no longer fits.
    const crowded: Setting = {
      sizes: { a: 1, c: 1, d: 1, b: 5, e: 6 },
      statements: [
        { cost: 1_000, with: { a: 100 } },
        { cost: 1_000, with: { c: 300, b: 290 } },
        { cost: 1_000, with: { d: 300, b: 290 } },
        { cost: 2_000, with: { b: 900 } },
        { cost: 3_000, with: { e: 400 } },
      ],
    };
    expect(await chosenFor(crowded, { maxSizeBytes: 6_000_000 })).toEqual(['a', 'b']);
  });

  test('of number too', async () => {
    const two = { ...setting, sizes: { a: 1, b: 1 } };
    expect(await chosenFor(two, { maxIndexes: 1 })).toEqual(['b']);
    expect(await chosenFor(two, { maxIndexes: 0 })).toEqual([]);
  });

  test('of plans end the search with what it has, and it says so', async () => {
    expect(await search(setting)).toMatchObject({ complete: true });
    expect(await search(setting, { maxPlans: 500 }, 500)).toEqual({ chosen: [], complete: false });
  });

  test('an interrupt ends it at once', async () => {
    await expect(search(setting, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
