import type { EntryReader } from './entry-reader.ts';
import type { LogEntry } from './log-entry.ts';
import { logTime } from './log-time.ts';
import { stderrReader } from './stderr-log.ts';

/**
 * Reads `log_destination = jsonlog` (PostgreSQL 15 and later), and lines of the server that a
 * collector put into JSON: Cloud Logging's `textPayload`, Docker's `log`, anyone's `message`.
 */
export function jsonReader(): EntryReader {
  const wrapped = stderrReader();
  return {
    line: (text) => {
      const fields = objectIn(text);
      if (fields === null) return [];
      if (typeof fields['error_severity'] === 'string') return [entryOf(fields)];
      const lines = payloadOf(fields)?.replace(/\n$/, '').split('\n') ?? [];
      return lines.flatMap((line) => wrapped.line(line));
    },
    end: () => wrapped.end(),
  };
}

/** Whether a line is a message of the server in JSON, its own or a collector's. */
export function isJsonRecord(line: string): boolean {
  return /^\{.*"(?:error_severity|textPayload|jsonPayload|log|message|msg)"/.test(line);
}

/** Null for what is no object in JSON, such as a line that was cut off. */
function objectIn(line: string): Readonly<Record<string, unknown>> | null {
  if (!/^\s*\{/.test(line)) return null;
  try {
    return JSON.parse(line.trim().replace(/,$/, '')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function payloadOf(fields: Readonly<Record<string, unknown>>): string | null {
  const inner = fields['jsonPayload'];
  const payload =
    fields['textPayload'] ??
    fields['log'] ??
    fields['message'] ??
    fields['msg'] ??
    (typeof inner === 'object' && inner !== null
      ? (inner as Record<string, unknown>)['message']
      : undefined);
  return typeof payload === 'string' ? payload : null;
}

function entryOf(fields: Readonly<Record<string, unknown>>): LogEntry {
  const text = (name: string): string | null => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    at: logTime(text('timestamp') ?? ''),
    pid: typeof fields['pid'] === 'number' ? fields['pid'] : null,
    user: text('user'),
    database: text('dbname'),
    level: text('error_severity') ?? '',
    message: text('message') ?? '',
    detail: text('detail'),
    context: text('context'),
    statement: text('statement'),
    hint: text('hint'),
    query: text('internal_query'),
  };
}
