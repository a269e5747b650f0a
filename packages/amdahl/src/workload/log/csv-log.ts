import type { EntryReader } from './entry-reader.ts';
import type { LogEntry } from './log-entry.ts';
import { logTime } from './log-time.ts';

/**
 * A record begins with time, user, database, process, and has the session's id in two hexadecimal
 * numbers. No line of a statement looks like this, so a record ends where the next begins, and one
 * that was cut off costs nothing but itself.
 */
const recordStart =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [^,"]*,(?:"(?:[^"]|"")*")?,(?:"(?:[^"]|"")*")?,\d*,(?:"(?:[^"]|"")*"|[^,"]*),[0-9a-f]+\.[0-9a-f]+,\d+,/;

/** Whether a line begins a record of `log_destination = csvlog`. */
export function isCsvRecord(line: string): boolean {
  return recordStart.test(line);
}

/** Beyond this a record, in UTF-16 units, loses its end. */
const maxRecordLength = 1 << 22;

/** Where fields stand, in all versions; newer ones add theirs at the end. */
const position = {
  at: 0,
  user: 1,
  database: 2,
  pid: 3,
  level: 11,
  message: 13,
  detail: 14,
  hint: 15,
  query: 16,
  context: 18,
  statement: 19,
} as const;

/** Reads `log_destination = csvlog`. */
export function csvReader(): EntryReader {
  let record: string | null = null;
  const close = (): readonly LogEntry[] => {
    const entry = record === null ? null : entryOf(record);
    record = null;
    return entry === null ? [] : [entry];
  };
  return {
    line: (text) => {
      if (isCsvRecord(text)) {
        const closed = close();
        record = text;
        return closed;
      }
      if (record !== null && record.length < maxRecordLength) record += `\n${text}`;
      return [];
    },
    end: close,
  };
}

function entryOf(record: string): LogEntry | null {
  const fields = [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)(?:"|$)|([^,"]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
  const field = (name: keyof typeof position): string | null => fields[position[name]] || null;
  const level = field('level');
  if (level === null) return null;
  const pid = field('pid');
  return {
    at: logTime(field('at') ?? ''),
    pid: pid === null ? null : Number(pid),
    user: field('user'),
    database: field('database'),
    level,
    message: field('message') ?? '',
    detail: field('detail'),
    context: field('context'),
    statement: field('statement'),
    hint: field('hint'),
    query: field('query'),
  };
}
