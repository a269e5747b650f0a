import type { SqlToken } from './sql-tokens.ts';

/**
 * Writes placeholders of drivers and tools as PostgreSQL's `$n`: `:name`, `@name` and `sqlc.arg(…)`
 * get one number a name; `?` and `%s` one each. `$n` stay what they are.
 *
 * Some of these are operators too: `?` of jsonb, `@` and `%` of arithmetic, `:` of array slices. An
 * operator follows an operand, a placeholder never does.
 */
export function numberPlaceholders(tokens: readonly SqlToken[]): string {
  const reader = new PlaceholderReader(tokens);
  return reader.read();
}

/** Words behind which a value stands, though a word is an operand elsewhere. */
const beforeValues: ReadonlySet<string> = new Set(
  `select where and or not in like ilike between limit offset values when then else case on having
  by returning from is any all some similar to escape using distinct over filter with union except
  intersect interval date timestamp timestamptz time fetch first next set default as symmetric
  row array only cross join left right inner outer full`.split(/\s+/),
);

class PlaceholderReader {
  readonly #tokens: readonly SqlToken[];
  readonly #numbers = new Map<string, number>();
  #highest: number;
  #at = 0;
  #before: SqlToken | null = null;
  #brackets = 0;
  #percent = false;

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens;
    this.#highest = Math.max(
      0,
      ...tokens.map(({ kind, text }) => (kind === 'parameter' ? Number(text.slice(1)) : 0)),
    );
  }

  read(): string {
    const written: { readonly text: string; readonly kind: SqlToken['kind'] }[] = [];
    for (let token = this.#token(); token !== undefined; token = this.#token()) {
      const { text, width } = this.#placeholder(token) ?? { text: token.text, width: 1 };
      written.push({ text, kind: token.kind });
      if (token.kind !== 'space' && token.kind !== 'comment') {
        this.#before = this.#token(width - 1) ?? token;
      }
      if (token.text === '[') this.#brackets += 1;
      if (token.text === ']') this.#brackets -= 1;
      this.#at += width;
    }
    // Who writes `%s` writes `%%` for a percent sign, in literals too.
    return written
      .map(({ text, kind }) =>
        this.#percent && (kind === 'string' || kind === 'symbol')
          ? text.replaceAll('%%', '%')
          : text,
      )
      .join('');
  }

  #token(ahead: number = 0): SqlToken | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** What to write for the placeholder that begins here, and how many tokens it takes. */
  #placeholder(token: SqlToken): { readonly text: string; readonly width: number } | null {
    const next = this.#token(1);
    if (token.kind === 'word') return this.#sqlc(token);
    if (token.kind !== 'symbol' || next === undefined) {
      return token.text === '?' && !this.#afterOperand() ? this.#new(1) : null;
    }
    switch (token.text) {
      case ':':
        return this.#colon(next);
      case '@':
        return next.kind === 'word' && !/[<@&|#~!?^]$/.test(this.#beforeText())
          ? this.#named(next.text, 2)
          : null;
      case '?':
        return this.#question(next);
      case '%':
        return this.#percentSign(next);
      default:
        return null;
    }
  }

  #colon(next: SqlToken): { text: string; width: number } | null {
    // A cast: both colons at once, so that the second begins nothing.
    if (next.text === ':') return { text: '::', width: 2 };
    if (this.#brackets > 0 && this.#afterOperand()) return null;
    if (next.kind === 'word') return this.#named(next.text, 2);
    // psql's `:'name'`, a variable as a literal.
    return next.kind === 'string' && next.text.startsWith("'")
      ? this.#named(next.text.slice(1, -1), 2)
      : null;
  }

  #question(next: SqlToken): { text: string; width: number } | null {
    // jsonb's `@?`.
    if (this.#beforeText() === '@') return null;
    if (this.#afterOperand()) {
      // JDBC's way to write the operator.
      return next.text === '?' ? { text: '?', width: 2 } : null;
    }
    return next.kind === 'number' && /^\d+$/.test(next.text)
      ? this.#named(`?${next.text}`, 2)
      : this.#new(1);
  }

  #percentSign(next: SqlToken): { text: string; width: number } | null {
    if (next.text === '%') return { text: '%%', width: 2 };
    if (this.#afterOperand()) return null;
    if (next.kind === 'word' && next.text === 's') {
      this.#percent = true;
      return this.#new(2);
    }
    const [, name, close, format] = [1, 2, 3, 4].map((ahead) => this.#token(ahead));
    if (next.text !== '(' || name?.kind !== 'word' || close?.text !== ')' || format?.text !== 's') {
      return null;
    }
    this.#percent = true;
    return this.#named(name.text, 5);
  }

  /** `sqlc.arg(name)`, `sqlc.narg('name')`, `sqlc.slice(name)`, `sqlc.embed(table)`. */
  #sqlc(token: SqlToken): { text: string; width: number } | null {
    if (token.text !== 'sqlc') return null;
    const [dot, call, open, argument, close] = [1, 2, 3, 4, 5].map((ahead) => this.#token(ahead));
    if (dot?.text !== '.' || open?.text !== '(' || close?.text !== ')') return null;
    const name = argument?.text.replaceAll("'", '') ?? '';
    if (call?.text === 'embed') return { text: `${name}.*`, width: 6 };
    return ['arg', 'narg', 'slice'].includes(call?.text ?? '') ? this.#named(name, 6) : null;
  }

  #new(width: number): { text: string; width: number } {
    this.#highest += 1;
    return { text: `$${this.#highest}`, width };
  }

  #named(name: string, width: number): { text: string; width: number } {
    const known = this.#numbers.get(name);
    if (known !== undefined) return { text: `$${known}`, width };
    const made = this.#new(width);
    this.#numbers.set(name, this.#highest);
    return made;
  }

  #afterOperand(): boolean {
    const before = this.#before;
    if (before === null) return false;
    if (before.kind === 'word') return !beforeValues.has(before.text.toLowerCase());
    return before.kind !== 'symbol' || before.text === ')' || before.text === ']';
  }

  /** The token right before, spaces included. */
  #beforeText(): string {
    return this.#tokens[this.#at - 1]?.text ?? '';
  }
}
