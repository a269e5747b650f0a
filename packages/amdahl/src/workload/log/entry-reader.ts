import type { LogEntry } from './log-entry.ts';

/** Reads a log of one format line by line. */
export interface EntryReader {
  /** Entries that are complete now that this line has come. */
  line(text: string): readonly LogEntry[];
  /** What was still open when the log ended. */
  end(): readonly LogEntry[];
}
