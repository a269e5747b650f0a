/** One message of PostgreSQL's log, whichever format it was written in. */
export interface LogEntry {
  /** When it was logged; null when the line does not say. */
  readonly at: Date | null;
  /** The server process that logged it. */
  readonly pid: number | null;
  readonly user: string | null;
  readonly database: string | null;
  /** `LOG`, `ERROR`, `WARNING`, `FATAL`, … */
  readonly level: string;
  /** The message itself, its lines without the tab the server puts before them. */
  readonly message: string;
  readonly detail: string | null;
  readonly context: string | null;
  /** The statement that was running, which errors and lock waits carry. */
  readonly statement: string | null;
  readonly hint: string | null;
  /** A statement inside a function that the message is about (`QUERY:`). */
  readonly query: string | null;
}
