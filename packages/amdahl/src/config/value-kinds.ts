import { durationMs, type Duration } from '@amdahl/metrics';
import type { LoadProfile } from '@amdahl/load';
import { shapeNames, type ShapeName } from '@amdahl/load/options';
import type { SourceKind } from '../init/read-source.ts';
import type { Dialect } from '../sql/lint/lint-text.ts';
import { readObjectives, type GivenObjectives } from './objectives-text.ts';
import { isProfile } from './profile.ts';

/**
 * How one kind of value is read, from a flag or environment variable (text, a list of texts for a
 * flag given several times, a boolean for a switch) or from a configuration file (a value of its
 * own type).
 */
export interface ValueKind<Value> {
  /** What it takes, as a noun phrase: `a whole number above 0`. */
  readonly expected: string;
  /** Undefined when the value is not of this kind. */
  read(given: unknown): Value | undefined;
}

export const text: ValueKind<string> = {
  expected: 'a text that is not empty',
  read: (given) => (typeof given === 'string' && given.trim() !== '' ? given : undefined),
};

/** Any texts, empty ones too, from a flag that is given several times. */
export const texts: ValueKind<readonly string[]> = {
  expected: 'texts',
  read: (given) => {
    const values = Array.isArray(given) ? given : [given];
    return values.every((value) => typeof value === 'string') ? values : undefined;
  },
};

export const httpUrl: ValueKind<string> = {
  expected: 'a URL such as http://127.0.0.1:3000/',
  read: (given) => {
    if (typeof given !== 'string' || !URL.canParse(given)) return undefined;
    const url = new URL(given);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  },
};

export const redisUrl: ValueKind<string> = {
  expected: 'a Redis URL such as redis://127.0.0.1:6379/0',
  read: (given) =>
    typeof given === 'string' && URL.canParse(given) && /^rediss?:\/\//.test(given)
      ? given
      : undefined,
};

export const databaseUrl: ValueKind<string> = {
  expected: 'a PostgreSQL URL such as postgres://user@127.0.0.1:5432/shop',
  read: (given) =>
    typeof given === 'string' && URL.canParse(given) && /^postgres(ql)?:\/\//.test(given)
      ? given
      : undefined,
};

/** Of a flag given several times, a list, or a text with spaces or commas between. */
export const databaseUrls: ValueKind<readonly string[]> = {
  expected: 'PostgreSQL URLs such as postgres://user@127.0.0.1:5433/shop',
  read: (given) => {
    const values: unknown = typeof given === 'string' ? given.trim().split(/[\s,]+/) : given;
    if (!Array.isArray(values)) return undefined;
    return values.every((value) => databaseUrl.read(value) !== undefined) ? values : undefined;
  },
};

export const path: ValueKind<string> = {
  expected: 'a path that starts with /, such as /health',
  read: (given) => (typeof given === 'string' && given.startsWith('/') ? given : undefined),
};

export const paths: ValueKind<readonly string[]> = {
  expected: path.expected,
  read: (given) => {
    const values = Array.isArray(given) ? given : [given];
    return values.every((value) => path.read(value) !== undefined) ? values : undefined;
  },
};

/** Milliseconds. */
export const duration: ValueKind<number> = {
  expected: 'a duration such as 250ms, 30s or 5m',
  read: (given) => {
    if (typeof given !== 'string' && typeof given !== 'number') return undefined;
    try {
      return durationMs(given satisfies Duration);
    } catch {
      return undefined;
    }
  },
};

/** Milliseconds; 0 for `false`. */
export const durationOrOff: ValueKind<number> = {
  expected: `${duration.expected}, or false`,
  read: (given) => (given === false ? 0 : duration.read(given)),
};

export const count: ValueKind<number> = {
  expected: 'a whole number above 0',
  read: (given) => numberWhere(given, (value) => Number.isSafeInteger(value) && value > 0),
};

/** A number of threads, or where other machines wait. */
export const workers: ValueKind<number | string> = {
  expected: `${count.expected}, or a Redis URL such as redis://127.0.0.1:6379/0`,
  read: (given) => redisUrl.read(given) ?? count.read(given),
};

export const seed: ValueKind<number> = {
  expected: 'a whole number from 0 to 4294967295',
  read: (given) =>
    numberWhere(given, (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32),
};

export const port: ValueKind<number> = {
  expected: 'a port from 1 to 65535',
  read: (given) =>
    numberWhere(given, (value) => Number.isInteger(value) && value >= 1 && value <= 65_535),
};

/** A port that may be left out: 0 for a free one. */
export const portOrAny: ValueKind<number> = {
  expected: port.expected,
  read: (given) => (given === true ? 0 : port.read(given)),
};

export const rate: ValueKind<number> = {
  expected: 'a number of tasks per second above 0',
  read: (given) => numberWhere(given, (value) => value > 0),
};

export const shape: ValueKind<ShapeName> = {
  expected: `a shape: ${shapeNames.join(', ')}`,
  read: (given) => shapeNames.find((name) => name === given),
};

const sources: readonly SourceKind[] = ['url', 'har', 'openapi', 'k6', 'locust'];

export const source: ValueKind<SourceKind> = {
  expected: `a kind of source: ${sources.join(', ')}`,
  read: (given) => sources.find((kind) => kind === given),
};

const dialects: readonly Dialect[] = ['postgresql', 'mysql'];

export const dialect: ValueKind<Dialect> = {
  expected: `a dialect: ${dialects.join(', ')}`,
  read: (given) => dialects.find((name) => name === given),
};

const byteUnits: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Bytes, decimal units. */
export const byteSize: ValueKind<number> = {
  expected: 'a size such as 500MB or 2GB',
  read: (given) => {
    if (typeof given !== 'string') return count.read(given);
    const [, digits, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*([KMGT]?B)?$/i.exec(given.trim()) ?? [];
    const factor = byteUnits[unit.toUpperCase()];
    if (digits === undefined || factor === undefined) return undefined;
    return count.read(Math.round(Number(digits) * factor));
  },
};

/** Fraction, 0..1. */
export const share: ValueKind<number> = {
  expected: 'a share above 0 % and below 100 %, such as 5%',
  read: (given) => {
    const percent = typeof given === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(given.trim()) : null;
    const value = percent === null ? given : Number(percent[1]) / 100;
    return numberWhere(value, (number) => number > 0 && number < 1);
  },
};

export const flag: ValueKind<boolean> = {
  expected: 'true or false',
  read: (given) => {
    if (given === true || given === 'true' || given === '1') return true;
    return given === false || given === 'false' || given === '0' ? false : undefined;
  },
};

export const wildcards: ValueKind<readonly string[]> = {
  expected: 'paths in which * stands for anything, such as /admin/*',
  read: (given) => {
    const values = typeof given === 'string' ? given.split(',') : given;
    if (!Array.isArray(values)) return undefined;
    return values.every((value) => typeof value === 'string' && value.trim() !== '')
      ? values.map((value: string) => value.trim())
      : undefined;
  },
};

export const environment: ValueKind<Readonly<Record<string, string>>> = {
  expected: 'NAME=value',
  read: (given) => {
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
      const entries = Object.entries(given);
      return entries.every(([, value]) => typeof value === 'string')
        ? Object.fromEntries(entries)
        : undefined;
    }
    const pairs = (Array.isArray(given) ? given : [given]).map((pair) =>
      typeof pair === 'string' ? /^([^=]+)=(.*)$/s.exec(pair) : null,
    );
    return pairs.every((pair) => pair !== null)
      ? Object.fromEntries(pairs.map((pair) => [pair[1] as string, pair[2] as string]))
      : undefined;
  },
};

export const objectives: ValueKind<GivenObjectives> = {
  expected:
    "an objective such as 'p95 < 200ms', 'p95 < 100ms, acceptable < 500ms', 'errors < 1%', 'GET /products/:id: p95 < 80ms' or, with `amdahl load`, 'p99.9 < 1s from 30s to 1m', 'rate > 500/s', 'checks > 99%'",
  read: readObjectives,
};

export const profile: ValueKind<LoadProfile> = {
  expected:
    "a load profile: { model: 'closed', users, duration } or { model: 'open', arrivals: [{ fromPerSecond, toPerSecond, duration }] }",
  read: (given) => (isProfile(given) ? given : undefined),
};

function numberWhere(given: unknown, holds: (value: number) => boolean): number | undefined {
  const isNumeric = typeof given === 'string' && /^\d+(\.\d+)?$/.test(given.trim());
  const value = isNumeric ? Number(given) : given;
  return typeof value === 'number' && Number.isFinite(value) && holds(value) ? value : undefined;
}
