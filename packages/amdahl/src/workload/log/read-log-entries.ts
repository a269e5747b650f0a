import { csvReader, isCsvRecord } from './csv-log.ts';
import type { EntryReader } from './entry-reader.ts';
import { isJsonRecord, jsonReader } from './json-log.ts';
import type { LogEntry } from './log-entry.ts';
import { readLines } from './read-lines.ts';
import { hasLevel, stderrReader } from './stderr-log.ts';

export interface ReadLogOptions {
  readonly signal?: AbortSignal;
}

/** Lines looked at to tell the format: a log that was cut may begin inside a long statement. */
const linesToTell = 200;

/**
 * The messages of a PostgreSQL log in their order, whichever of its formats it has: stderr with any
 * `log_line_prefix`, csvlog, jsonlog, syslog, gzipped or wrapped by a collector. What is no message
 * is passed over. Holds one message at a time.
 *
 * @throws AMDAHL_WORKLOAD_FILE_UNREADABLE
 */
export async function* readLogEntries(
  path: string,
  { signal }: ReadLogOptions = {},
): AsyncGenerator<LogEntry, void, void> {
  let reader: EntryReader | null = null;
  let first: string[] = [];
  for await (const lines of readLines(path, signal)) {
    let ready = lines;
    if (reader === null) {
      first.push(...lines);
      if (first.length < linesToTell) continue;
      reader = readerFor(first);
      ready = first;
      first = [];
    }
    for (const line of ready) yield* reader.line(line);
  }
  reader ??= readerFor(first);
  for (const line of first) yield* reader.line(line);
  yield* reader.end();
}

/** A record of csvlog looks like nothing else; JSON may also stand in a statement. */
function readerFor(lines: readonly string[]): EntryReader {
  if (lines.some(isCsvRecord)) return csvReader();
  const json = lines.filter(isJsonRecord).length;
  const plain = lines.filter((line) => !line.startsWith('{') && hasLevel(line)).length;
  return json > plain ? jsonReader() : stderrReader();
}
