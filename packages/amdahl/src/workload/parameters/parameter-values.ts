import type { CatalogColumn } from '../../artifacts/catalog.ts';
import { formatArrayText } from '../../sql/array-text.ts';
import { sampleOf } from './column-sample.ts';
import type { ParameterRole } from './parameter-roles.ts';

/**
 * Lists drawn for a statement. Planning is for the median cost of them: three tell a common value
 * from a rare one and from one in between.
 */
export const listCount = 3;

/** Shares of the rows the lists stand for: the middles of three equal parts. */
const shares = [1 / 6, 1 / 2, 5 / 6] as const;

/**
 * Where open ranges begin, as shares of the rows: of `>` the newest tenth in the median, since apps
 * mostly ask for what is recent. PostgreSQL itself assumes a third without a value
 * (DEFAULT_INEQ_SEL in selfuncs.h), which no index serves.
 */
const leastShares = [0.9, 0.5, 0.99] as const;
const mostShares = [0.1, 0.5, 0.01] as const;
/** Ranges with both ends: a tenth of the rows, at the end and in the middle, and a hundredth. */
const bothShares = [
  { least: 0.9, most: 1 },
  { least: 0.45, most: 0.55 },
  { least: 0.495, most: 0.505 },
] as const;

/** A page of a list, as most apps show one. */
const usualLimit = '20';
const offsets = ['0', '20', '200'] as const;
const intervals = ['7 days', '1 day', '30 days'] as const;
/** Values in an array nobody has seen. */
const arrayLength = 10;
/** Letters of a pattern, without which trigrams serve nothing. */
const patternLength = 3;
/** Rows a pattern may match, as a share: as many as a range gets. */
const patternShare = 0.1;
/** Steps from one member of a list to the next, by the golden ratio: never the same twice. */
const step = 0.381_966;

/** The value of a parameter in one of the lists; undefined when nothing tells. */
export function valueFor(role: ParameterRole, list: number): string | undefined {
  const share = shares[list % listCount] ?? 0.5;
  switch (role.use) {
    case 'value':
      return sampleOf(role.column)?.byFrequency((share + role.nth * step) % 1);
    case 'written':
      return (
        sampleOf(role.column)?.byFrequency((share + role.nth * step) % 1) ??
        neutralValue(role.column)
      );
    case 'values': {
      const sample = sampleOf(role.column);
      if (sample === null) return undefined;
      const members = Array.from({ length: arrayLength }, (_, nth) =>
        sample.byFrequency((share + nth * step) % 1),
      );
      return formatArrayText([...new Set(members)]);
    }
    case 'least':
    case 'most':
      return sampleOf(role.column)?.byOrder(boundShare(role, list));
    case 'start':
    case 'anywhere':
    case 'fragment':
      return patternFor(role, share);
    case 'limit':
      return usualLimit;
    case 'offset':
      return offsets[list % listCount];
    case 'interval':
      return intervals[list % listCount];
    case 'unit':
      return 'day';
    default:
      return '1';
  }
}

function boundShare(
  { use, both }: Extract<ParameterRole, { use: 'least' | 'most' }>,
  list: number,
): number {
  if (both) return bothShares[list % listCount]?.[use] ?? 0.5;
  return (use === 'least' ? leastShares : mostShares)[list % listCount] ?? 0.5;
}

/** The shortest beginning of a value that few enough rows share: who searches wants few. */
function patternFor(
  { use, column }: Extract<ParameterRole, { use: 'start' | 'anywhere' | 'fragment' }>,
  share: number,
): string | undefined {
  const sample = sampleOf(column);
  const value = sample?.byFrequency(share).replaceAll(/[%_\\]/g, '') ?? '';
  if (sample === null || value === '') return undefined;
  let length = patternLength;
  const found = (other: string): boolean => {
    const letters = value.slice(0, length);
    return use === 'start' ? other.startsWith(letters) : other.includes(letters);
  };
  while (length < value.length && sample.shareOf(found) > patternShare) length += 1;
  const letters = value.slice(0, length);
  return { start: `${letters}%`, anywhere: `%${letters}%`, fragment: letters }[use];
}

/** Something the type takes, for values that are only written. */
function neutralValue({ type }: CatalogColumn): string | undefined {
  if (type.endsWith('[]')) return '{}';
  return neutralValues.find(([pattern]) => pattern.test(type))?.[1];
}

const neutralValues: readonly (readonly [RegExp, string])[] = [
  [/^(?:small|big)?int|^integer|^numeric|^double|^real|^money|^oid/, '1'],
  [/^(?:text|character|varchar|citext|name)/, 'x'],
  [/^bool/, 't'],
  [/^(?:date|timestamp)/, '2000-01-01'],
  [/^time/, '12:00'],
  [/^interval/, '1 day'],
  [/^json/, '{}'],
  [/^uuid/, '00000000-0000-0000-0000-000000000000'],
  [/^(?:inet|cidr)/, '127.0.0.1'],
  [/^bytea/, ''],
];
