import type { NodeFields } from './node-heading.ts';
import { listItems } from './quoting.ts';

/** Properties that are lists in JSON. */
const lists: ReadonlySet<string> = new Set([
  'Output',
  'Sort Key',
  'Presorted Key',
  'Group Key',
  'Conflict Arbiter Indexes',
]);

const numeric =
  /^(?:Rows Removed by .+|Heap Fetches|Index Searches|Workers (?:Planned|Launched)|Subplans Removed|Tuples \w+|Conflicting Tuples)$/;

/** Properties that hold several figures in one line, read each by its own rule. */
const composite: Readonly<Record<string, (value: string) => NodeFields>> = {
  Buffers: buffers,
  'I/O Timings': ioTimings,
  WAL: wal,
  'Sort Method': sortMethod,
  Buckets: (value) => hashTable(`Buckets: ${value}`),
  Batches: (value) => hashAggregate(`Batches: ${value}`),
  'Planned Partitions': (value) => hashAggregate(`Planned Partitions: ${value}`),
  Hits: (value) => cache(`Hits: ${value}`),
  'Heap Blocks': heapBlocks,
  Storage: storage,
  'Full-sort Groups': (value) => ({ 'Full-sort Groups': sortGroups(value) }),
  'Pre-sorted Groups': (value) => ({ 'Pre-sorted Groups': sortGroups(value) }),
  Tuples: tuples,
};

/** A line below a node, `Name: value`, in the fields of the JSON format. */
export function propertyFields(name: string, value: string): NodeFields {
  const read = composite[name];
  if (read !== undefined) return read(value);
  if (lists.has(name)) return { [name]: listItems(value) };
  if (numeric.test(name)) return /^\d+(?:\.\d+)?$/.test(value) ? { [name]: Number(value) } : {};
  if (value === 'true' || value === 'false') return booleanOrText(name, value);
  return { [name]: value };
}

/** `One-Time Filter: false` is an expression, `Disabled: true` is a fact. */
function booleanOrText(name: string, value: string): NodeFields {
  return { [name]: /Filter$|Cond$/.test(name) ? value : value === 'true' };
}

/** `shared hit=859 read=3, temp read=1337 written=1374`. */
function buffers(value: string): NodeFields {
  return eachFigure(
    value,
    (kind, figure) => `${capital(kind || 'shared')} ${capital(figure)} Blocks`,
  );
}

/** `shared read=0.12 write=3.4`; without the kind before PostgreSQL 17. */
function ioTimings(value: string): NodeFields {
  return eachFigure(
    value,
    (kind, figure) =>
      `${kind === '' ? '' : `${capital(kind.replace('/', ' '))} `}I/O ${capital(figure)} Time`,
  );
}

function wal(value: string): NodeFields {
  const names: Readonly<Record<string, string>> = { fpi: 'FPI', full: 'Buffers Full' };
  return eachFigure(
    value.replace('buffers full', 'full'),
    (_, figure) => `WAL ${names[figure] ?? capital(figure)}`,
  );
}

function tuples(value: string): NodeFields {
  return eachFigure(value, (_, figure) => `Tuples ${capital(figure)}`);
}

/** Groups apart by commas, in each an optional kind and then `figure=number` several times. */
function eachFigure(value: string, nameOf: (kind: string, figure: string) => string): NodeFields {
  const fields: NodeFields = {};
  for (const group of value.split(', ')) {
    const kind = /^([a-z/]+) /.exec(group)?.[1] ?? '';
    for (const [, figure = '', number] of group.matchAll(/(\w+)=([\d.]+)/g)) {
      fields[nameOf(kind, figure)] = Number(number);
    }
  }
  return fields;
}

/** `external merge  Disk: 1728kB`. */
function sortMethod(value: string): NodeFields {
  const match = /^(.*?)\s{2,}(Memory|Disk): (\d+)kB$/.exec(value);
  if (match === null) return { 'Sort Method': value };
  return {
    'Sort Method': match[1],
    'Sort Space Type': match[2],
    'Sort Space Used': Number(match[3]),
  };
}

/** `Buckets: 16384 (originally 1024)  Batches: 16 (originally 1)  Memory Usage: 384kB`. */
function hashTable(line: string): NodeFields {
  const fields: NodeFields = {};
  for (const [, name, now, before] of line.matchAll(
    /(Buckets|Batches): (\d+)(?: \(originally (\d+)\))?/g,
  )) {
    fields[`Hash ${name}`] = Number(now);
    fields[`Original Hash ${name}`] = Number(before ?? now);
  }
  return { ...fields, ...kilobytes(line, 'Memory Usage', 'Peak Memory Usage') };
}

/** `Planned Partitions: 4  Batches: 85  Memory Usage: 169kB  Disk Usage: 2336kB`. */
function hashAggregate(line: string): NodeFields {
  const partitions = /Planned Partitions: (\d+)/.exec(line)?.[1];
  const batches = /Batches: (\d+)/.exec(line)?.[1];
  return {
    'Planned Partitions': Number(partitions ?? 0),
    ...(batches === undefined ? {} : { 'HashAgg Batches': Number(batches) }),
    ...kilobytes(line, 'Memory Usage', 'Peak Memory Usage'),
    ...kilobytes(line, 'Disk Usage', 'Disk Usage'),
  };
}

/** Memoize: `Hits: 79080  Misses: 980  Evictions: 0  Overflows: 0  Memory Usage: 111kB`. */
function cache(line: string): NodeFields {
  const fields: NodeFields = {};
  for (const [, name, count] of line.matchAll(/(Hits|Misses|Evictions|Overflows): (\d+)/g)) {
    fields[`Cache ${name}`] = Number(count);
  }
  return { ...fields, ...kilobytes(line, 'Memory Usage', 'Peak Memory Usage') };
}

function heapBlocks(value: string): NodeFields {
  const count = (kind: string): number =>
    Number(new RegExp(`${kind}=(\\d+)`).exec(value)?.[1] ?? 0);
  return { 'Exact Heap Blocks': count('exact'), 'Lossy Heap Blocks': count('lossy') };
}

/** `Memory  Maximum Storage: 80kB`. */
function storage(value: string): NodeFields {
  return {
    Storage: value.split(/\s{2,}/)[0],
    ...kilobytes(value, 'Maximum Storage', 'Maximum Storage'),
  };
}

/** Of an incremental sort: `1  Sort Method: quicksort  Average Memory: 27kB  Peak Memory: 27kB`. */
function sortGroups(value: string): NodeFields {
  const methods = /Sort Methods?: (.*?)(?:\s{2,}|$)/.exec(value)?.[1] ?? '';
  const fields: NodeFields = {
    'Group Count': Number(/^\d+/.exec(value)?.[0] ?? 0),
    'Sort Methods Used': methods.split(', '),
  };
  for (const type of ['Memory', 'Disk']) {
    const figures = {
      ...kilobytes(value, `Average ${type}`, 'Average Sort Space Used'),
      ...kilobytes(value, `Peak ${type}`, 'Peak Sort Space Used'),
    };
    if (Object.keys(figures).length > 0) fields[`Sort Space ${type}`] = figures;
  }
  return fields;
}

function kilobytes(line: string, label: string, field: string): NodeFields {
  const amount = new RegExp(`${label}: (\\d+)kB`).exec(line)?.[1];
  return amount === undefined ? {} : { [field]: Number(amount) };
}

function capital(word: string): string {
  return word.replace(/(^| )[a-z]/g, (letter) => letter.toUpperCase());
}
