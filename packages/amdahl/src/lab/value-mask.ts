/**
 * Order-preserving masks: every value of a family of types is replaced by its rank among all known
 * ones, written as a value of its type. Equal stays equal, less stays less, and how often a value
 * occurs is not touched; what the values are, and how far they lie apart, is gone.
 */

/** Types whose values are compared with one another and therefore masked by one mapping. */
export type Family = 'number' | 'smallint' | 'real' | 'time' | 'uuid' | 'text';

/** The family of a type without its modifier, null when its values cannot be masked. */
export function familyOf(type: string): Family | null {
  if (type === 'smallint' || type === 'real' || type === 'uuid') return type;
  if (/^(integer|bigint|numeric|double precision)$/.test(type)) return 'number';
  if (/^(date|timestamp with(out)? time zone)$/.test(type)) return 'time';
  return /^(text|character varying|character|bpchar|citext|.*\.citext|name)$/.test(type)
    ? 'text'
    : null;
}

export interface ValueMask {
  /**
   * The masked value; null for one that cannot be read. Values that were not known are put between
   * their neighbours: numbers and times in proportion, others all on one place.
   */
  mask(type: string, value: string): string | null;
}

/** A value as it is compared. */
interface Comparable {
  readonly key: string;
  readonly order: number | bigint | string;
}

interface FamilyRules {
  /** Null for what has no place among the others: NaN, infinity, dates before Christ. */
  read(type: string, value: string): Comparable | null;
  compare(a: Comparable, b: Comparable): number;
  /**
   * @param count of known values
   * @param place rank, from 0; a fraction lies between two
   */
  write(type: string, place: number, count: number): string;
}

/** @param known values with their types; those that cannot be read are left out */
export function valueMask(
  family: Family,
  known: Iterable<readonly [type: string, value: string]>,
  compareTexts: (a: string, b: string) => number,
): ValueMask {
  const values = [...known];
  const rules = rulesOf(family, compareTexts, values);
  const distinct = new Map<string, Comparable>();
  for (const [type, value] of values) {
    const read = rules.read(type, value);
    if (read !== null) distinct.set(read.key, read);
  }
  const sorted = [...distinct.values()].sort((a, b) => rules.compare(a, b));
  return {
    mask: (type, value) => {
      const read = rules.read(type, value);
      if (read === null) return null;
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const at = sorted[middle];
        if (at !== undefined && rules.compare(at, read) < 0) low = middle + 1;
        else high = middle;
      }
      const found = sorted[low];
      const place =
        found !== undefined && found.key === read.key
          ? low
          : between(sorted[low - 1], read, found, low);
      return rules.write(type, place, sorted.length);
    },
  };
}

/** Between rank `next` − 1 and `next`, never on either. */
function between(
  before: Comparable | undefined,
  value: Comparable,
  after: Comparable | undefined,
  next: number,
): number {
  if (before === undefined || after === undefined || typeof value.order === 'string') {
    return next - 0.5;
  }
  const least = Number(before.order);
  const share = (Number(value.order) - least) / (Number(after.order) - least);
  return next - 1 + Math.min(0.9, Math.max(0.1, Number.isNaN(share) ? 0.5 : share));
}

/** Distance of two neighbours after masking, so that others have room between them. */
const spacing = 1_000;
const ranges: Readonly<Record<'number' | 'smallint' | 'real', readonly [number, number]>> = {
  // The narrowest type of the family is the integer.
  number: [0, 2 ** 31 - 1],
  smallint: [-(2 ** 15), 2 ** 15 - 1],
  // Whole numbers a float of 24 bits tells apart.
  real: [0, 2 ** 24],
};

function rulesOf(
  family: Family,
  compareTexts: (a: string, b: string) => number,
  values: readonly (readonly [type: string, value: string])[],
): FamilyRules {
  if (family === 'text') return textRules(compareTexts, values);
  if (family === 'uuid') return uuidRules;
  return family === 'time' ? timeRules : numberRules(ranges[family]);
}

function numberRules([least, greatest]: readonly [number, number]): FamilyRules {
  return {
    read: (_type, value) => {
      const order = Number(value);
      if (value.trim() === '' || !Number.isFinite(order)) return null;
      return { key: decimalKey(value), order };
    },
    compare: (a, b) => Number(a.order) - Number(b.order) || compareDecimals(a.key, b.key),
    write: (_type, place, count) => {
      const step = Math.max(1, Math.min(spacing, Math.floor((greatest - least) / (count + 2))));
      return String(Math.round(least + (place + 1) * step));
    },
  };
}

/** `1.50` and `1.5` are one number. Exponents are left as they are: floats are always written so. */
function decimalKey(value: string): string {
  const [, sign = '', whole = '', fraction = ''] =
    /^\s*([-+]?)0*(\d*)(?:\.(\d*?)0*)?\s*$/.exec(value) ?? [];
  if (whole === '' && fraction === '') return /e/i.test(value) ? String(Number(value)) : '0';
  return `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Numbers that are the same as floats: whole numbers beyond 2^53, long fractions. */
function compareDecimals(a: string, b: string): number {
  if (a === b) return 0;
  const sign = a.startsWith('-') ? -1 : 1;
  const [wholeA = '', fractionA = ''] = a.replace('-', '').split('.');
  const [wholeB = '', fractionB = ''] = b.replace('-', '').split('.');
  const order =
    wholeA.length - wholeB.length ||
    compareCodes(wholeA, wholeB) ||
    compareCodes(fractionA, fractionB);
  return sign * order;
}

export function compareCodes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const moment =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?\s*(Z|UTC|[-+]\d\d(?::?\d\d)?)?$/;
const dayMs = 86_400_000;
/** Days between neighbours. */
const daySpacing = 4;
const firstDay = Date.UTC(2000, 0, 1);

const timeRules: FamilyRules = {
  read: (_type, value) => {
    const match = moment.exec(value.trim());
    if (match === null) return null;
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match;
    const ms = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute) - offsetMinutes(match[8]),
      Number(second),
    );
    const order = BigInt(ms) * 1_000n + BigInt(fraction.padEnd(6, '0'));
    return { key: String(order), order };
  },
  compare: (a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)),
  write: (type, place) => {
    const days = (place + 1) * daySpacing;
    const whole = type === 'date' ? Math.round(days) : days;
    const iso = new Date(firstDay + whole * dayMs).toISOString();
    if (type === 'date') return iso.slice(0, 10);
    return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${type === 'timestamp with time zone' ? '+00' : ''}`;
  },
};

function offsetMinutes(zone: string | undefined): number {
  const [, sign, hours = '0', minutes = '0'] = /^([-+])(\d\d):?(\d\d)?$/.exec(zone ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const uuidRules: FamilyRules = {
  read: (_type, value) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
      ? { key: value.toLowerCase(), order: value.toLowerCase() }
      : null,
  compare: (a, b) => compareCodes(a.key, b.key),
  write: (_type, place) =>
    `00000000-0000-4000-8000-${Math.round((place + 1) * 16)
      .toString(16)
      .padStart(12, '0')}`,
};

function textRules(
  compareTexts: (a: string, b: string) => number,
  values: readonly (readonly [type: string, value: string])[],
): FamilyRules {
  // A beginning that no real value has: none can come out by chance.
  let prefix = 'v';
  while (values.some(([, value]) => value.toLowerCase().startsWith(prefix))) prefix += 'v';
  return {
    read: (type, value) => {
      const key = type.endsWith('citext') ? value.toLowerCase() : value;
      return { key, order: key };
    },
    compare: (a, b) => compareTexts(a.key, b.key) || compareCodes(a.key, b.key),
    write: (_type, place, count) => {
      const digits = Math.max(4, Math.ceil(Math.log(count + 2) / Math.log(26)));
      const rank = Math.floor(place) + 1;
      const code = prefix + letters(rank, digits);
      return Number.isInteger(place) ? code : `${code}n`;
    },
  };
}

/** A number in 26 letters: all of one length, so that they sort in any collation. */
function letters(rank: number, digits: number): string {
  let text = '';
  for (let left = rank, at = 0; at < digits; at += 1, left = Math.floor(left / 26)) {
    text = String.fromCodePoint(97 + (left % 26)) + text;
  }
  return text;
}
