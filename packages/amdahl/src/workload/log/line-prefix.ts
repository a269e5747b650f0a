import type { LogEntry } from './log-entry.ts';
import { logTime, timePattern } from './log-time.ts';

type Origin = Pick<LogEntry, 'at' | 'pid' | 'user' | 'database'>;

/**
 * What a line of the server's log says before its level. `log_line_prefix` can be anything; what
 * common ones hold is recognised wherever it stands: `%m [%p] %q%u@%d`, `%t:%r:%u@%d:[%p]:` of RDS,
 * `user=%u,db=%d` of pgBadger's advice, a syslog header in front.
 */
export function readPrefix(prefix: string): Origin {
  const pid =
    /\[(\d+)(?:-\d+)?\]/.exec(prefix)?.[1] ??
    /\bpid[=: ]+(\d+)/i.exec(prefix)?.[1] ??
    /^(\d{2,10})\s/.exec(prefix)?.[1];
  const at = /@/.test(prefix)
    ? /(?:^|[\s:|,;])([^\s@:[\],|;()=]+)@([^\s@:[\],|;()=]+)/.exec(prefix)
    : null;
  const user = /\buser=([^,\s\]]*)/i.exec(prefix)?.[1] ?? at?.[1];
  const database = /\b(?:db|database)=([^,\s\]]*)/i.exec(prefix)?.[1] ?? at?.[2];
  return {
    at: timeIn(prefix),
    pid: pid === undefined ? null : Number(pid),
    user: known(user),
    database: known(database),
  };
}

function known(name: string | undefined): string | null {
  return name === undefined || name === '' || name === '[unknown' || name === '[unknown]'
    ? null
    : name;
}

/** The server's own time is written with a space; a `T` is that of whoever collected the log. */
function timeIn(prefix: string): Date | null {
  const own = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*/.exec(prefix)?.[0];
  if (own !== undefined) return logTime(own);
  if (timePattern.test(prefix)) return logTime(prefix);
  const epoch = /(?:^|[\s[(:=])(\d{10})\.(\d{3})(?!\d)/.exec(prefix);
  return epoch === null ? null : new Date(Number(epoch[1]) * 1_000 + Number(epoch[2]));
}
