/**
 * The binary forms of extended statistics, as PostgreSQL keeps them in `pg_statistic_ext_data`
 * (statext_ndistinct_serialize, statext_dependencies_serialize and statext_mcv_serialize in
 * src/backend/statistics/). They are the same from version 12 to 18, in the machine's own byte order;
 * the lab runs on this very machine.
 */
import { endianness } from 'node:os';

const little = endianness() === 'LE';

/** Attribute numbers; expressions count down from -1. */
export interface DistinctItem {
  readonly attributes: readonly number[];
  readonly distinct: number;
}

export interface DependencyItem {
  /** What implies, and last what is implied. */
  readonly attributes: readonly number[];
  readonly degree: number;
}

const distinctMagic = 0xa352bfa4;
const dependenciesMagic = 0xb4549a2c;
const typeBasic = 1;

export function distinctBytes(items: readonly DistinctItem[]): Buffer {
  return Buffer.concat([
    uint32(distinctMagic, typeBasic, items.length),
    ...items.flatMap(({ attributes, distinct }) => [
      float64(distinct),
      uint32(attributes.length),
      int16(attributes),
    ]),
  ]);
}

export function dependenciesBytes(items: readonly DependencyItem[]): Buffer {
  return Buffer.concat([
    uint32(dependenciesMagic, typeBasic, items.length),
    ...items.flatMap(({ attributes, degree }) => [
      float64(degree),
      int16([attributes.length]),
      int16(attributes),
    ]),
  ]);
}

export interface McvFrequencies {
  readonly frequency: number;
  readonly baseFrequency: number;
}

/**
 * Puts frequencies into a list of most common values that has others. Items stand at the end, each
 * of the same size: a null flag per column, two frequencies, an index into the values per column.
 *
 * @param frequencies in the order of the list
 */
export function withFrequencies(
  list: Buffer,
  columns: number,
  frequencies: readonly McvFrequencies[],
): Buffer {
  const changed = Buffer.from(list);
  const itemBytes = columns + 2 * 8 + columns * 2;
  const first = changed.length - itemBytes * frequencies.length;
  for (const [at, { frequency, baseFrequency }] of frequencies.entries()) {
    const start = first + at * itemBytes + columns;
    float64(frequency).copy(changed, start);
    float64(baseFrequency).copy(changed, start + 8);
  }
  return changed;
}

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) =>
    little ? bytes.writeUInt32LE(value, 4 * at) : bytes.writeUInt32BE(value, 4 * at),
  );
  return bytes;
}

function int16(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) =>
    little ? bytes.writeInt16LE(value, 2 * at) : bytes.writeInt16BE(value, 2 * at),
  );
  return bytes;
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (little) bytes.writeDoubleLE(value);
  else bytes.writeDoubleBE(value);
  return bytes;
}
