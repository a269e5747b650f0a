import type { LogEntry } from './log-entry.ts';

/** Fields of an entry that come as lines of their own. */
export type EntryPart = 'message' | 'detail' | 'context' | 'statement' | 'hint' | 'query';

/** Beyond this a part of an entry, in UTF-16 units, loses its end. */
const maxPartLength = 1 << 20;

/** An entry whose lines are still coming. */
export class OpenEntry {
  readonly #origin: Pick<LogEntry, 'at' | 'pid' | 'user' | 'database' | 'level'>;
  readonly #parts = new Map<EntryPart, string>();
  #current: EntryPart | null = 'message';

  constructor(origin: Pick<LogEntry, 'at' | 'pid' | 'user' | 'database' | 'level'>, text: string) {
    this.#origin = origin;
    this.#parts.set('message', text);
  }

  get pid(): number | null {
    return this.#origin.pid;
  }

  /** Begins a part. @param part null for one nobody reads, whose lines must not go astray */
  begin(part: EntryPart | null, text: string): void {
    this.#current = part;
    if (part !== null) this.#parts.set(part, text);
  }

  /** More of the part begun last. */
  append(text: string): void {
    if (this.#current === null) return;
    const before = this.#parts.get(this.#current) ?? '';
    if (before.length < maxPartLength) this.#parts.set(this.#current, before + text);
  }

  close(): LogEntry {
    const part = (name: EntryPart): string | null => this.#parts.get(name) ?? null;
    return {
      ...this.#origin,
      message: part('message') ?? '',
      detail: part('detail'),
      context: part('context'),
      statement: part('statement'),
      hint: part('hint'),
      query: part('query'),
    };
  }
}
