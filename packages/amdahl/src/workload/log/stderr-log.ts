import type { EntryReader } from './entry-reader.ts';
import { readPrefix } from './line-prefix.ts';
import type { LogEntry } from './log-entry.ts';
import { OpenEntry, type EntryPart } from './open-entry.ts';
import { unwrapLine } from './wrapped-line.ts';

/**
 * The level, followed by a colon and two spaces, ends the prefix, whatever `log_line_prefix` is:
 * `elog.c` writes it so. Lines that go on begin with a tab.
 */
const levelled =
  /(?:^|[^\w])(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?|DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION|BACKTRACE): {2}/;

const parts: Readonly<Record<string, EntryPart | null>> = {
  DETAIL: 'detail',
  HINT: 'hint',
  QUERY: 'query',
  CONTEXT: 'context',
  STATEMENT: 'statement',
  LOCATION: null,
  BACKTRACE: null,
};

/** Whether a line begins a message of the server, or a part of one. */
export function hasLevel(line: string): boolean {
  return levelled.test(line);
}

/** Reads what the server writes to stderr or syslog, with any prefix. */
export function stderrReader(): EntryReader {
  let open: OpenEntry | null = null;
  let usesTabs = false;

  /** A level begins a new entry or a part of the one that is open. */
  const begin = (line: string, match: RegExpExecArray): LogEntry[] => {
    const [whole, level = ''] = match;
    const prefix = line.slice(0, match.index + whole.length - level.length - 3);
    const text = line.slice(match.index + whole.length);
    const origin = readPrefix(prefix);
    const part = parts[level];
    if (part === undefined) {
      const closed = open === null ? [] : [open.close()];
      open = new OpenEntry({ ...origin, level }, text);
      return closed;
    }
    // A log may begin in the middle of an entry; processes may write between each other's lines.
    if (open !== null && (origin.pid === null || origin.pid === open.pid)) open.begin(part, text);
    return [];
  };

  return {
    line: (raw) => {
      const { text, place } = unwrapLine(raw);
      if (place === 'next') {
        usesTabs = true;
        open?.append(`\n${text}`);
        return [];
      }
      const match = levelled.exec(text);
      if (match !== null) return begin(text, match);
      if (place === 'same') open?.append(text);
      // Some collectors eat the tabs. Where there are any, a line without is another program's.
      else if (!usesTabs) open?.append(`\n${text}`);
      return [];
    },
    end: () => {
      const last = open === null ? [] : [open.close()];
      open = null;
      return last;
    },
  };
}
