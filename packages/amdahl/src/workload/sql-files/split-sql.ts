import { sqlTokenAt, type SqlToken } from './sql-tokens.ts';

/** One statement of a file, without the comments before it and the semicolon behind it. */
export interface SqlPiece {
  readonly text: string;
  readonly tokens: readonly SqlToken[];
  readonly start: number;
  /** Where to go on reading. */
  readonly next: number;
}

/**
 * The next statement from a place of the text; null when none follows. As in psql, a statement ends
 * at a semicolon outside parentheses and outside the body of a SQL routine (`BEGIN ATOMIC … END`), at
 * `\g` and its like, or with the text. Other commands of psql and the data of COPY are passed over.
 */
export function nextPiece(text: string, from: number): SqlPiece | null {
  const tokens: SqlToken[] = [];
  const body = new RoutineBody();
  let depth = 0;
  let at = from;
  for (let token = sqlTokenAt(text, at); token !== null; token = sqlTokenAt(text, at)) {
    at = token.start + token.text.length;
    const isMeta = token.kind === 'meta';
    const ends =
      isMeta && tokens.length > 0
        ? /^\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch)\b/.test(token.text)
        : token.kind === 'symbol' && token.text === ';' && depth === 0 && !body.open;
    if (ends && tokens.length > 0) return pieceOf(text, tokens, at);
    const isBlank = token.kind === 'space' || token.kind === 'comment';
    if (ends || isMeta || (isBlank && tokens.length === 0)) continue;
    tokens.push(token);
    body.see(token);
    if (token.kind === 'symbol') {
      if (token.text === '(') depth += 1;
      else if (token.text === ')') depth = Math.max(0, depth - 1);
    }
  }
  return tokens.length === 0 ? null : pieceOf(text, tokens, at);
}

/**
 * Where to go on after a statement that does not parse. An unclosed quote or parenthesis runs on
 * into the statements behind it, so the first semicolon at the end of a line is taken for the end;
 * but not inside a body in dollar quotes, which hold such lines. Null when there is no such place.
 */
export function endOfBroken(piece: SqlPiece): number | null {
  for (const [index, token] of piece.tokens.entries()) {
    const following = piece.tokens[index + 1];
    if (
      token.kind === 'symbol' &&
      token.text === ';' &&
      /^[ \t]*\r?\n/.test(following?.text ?? '')
    ) {
      return token.start + 1;
    }
    if (token.kind === 'dollar-quoted' && token.closed) continue;
    const inside = token.text.length > 1 ? token.text.search(/;[ \t]*\r?\n/) : -1;
    if (inside !== -1) return token.start + inside + 1;
  }
  return null;
}

function pieceOf(text: string, tokens: readonly SqlToken[], end: number): SqlPiece {
  const kept = withoutTrailingBlanks(tokens);
  const first = kept[0];
  const last = kept.at(-1);
  const start = first?.start ?? end;
  const stop = last === undefined ? end : last.start + last.text.length;
  const words = kept.filter(({ kind }) => kind === 'word').map((token) => token.text.toLowerCase());
  const isCopy = words[0] === 'copy' && words.includes('stdin');
  return {
    text: text.slice(start, stop),
    tokens: kept,
    start,
    next: isCopy ? afterCopyData(text, end) : end,
  };
}

function withoutTrailingBlanks(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const last = tokens.findLastIndex(({ kind }) => kind !== 'space' && kind !== 'comment');
  return tokens.slice(0, last + 1);
}

function afterCopyData(text: string, from: number): number {
  const end = /^\\\.[ \t]*\r?$/m;
  const found = end.exec(text.slice(from));
  return found === null ? text.length : from + found.index + found[0].length;
}

/** Knows whether the tokens so far stand inside the body of a SQL routine, whose semicolons do not end it. */
class RoutineBody {
  readonly #words: string[] = [];
  #depth = 0;

  get open(): boolean {
    return this.#depth > 0;
  }

  see(token: SqlToken): void {
    if (token.kind !== 'word') return;
    const word = token.text.toLowerCase();
    const before = this.#words.at(-1);
    // Only how it begins and the last word matter.
    if (this.#words.length < 5) this.#words.push(word);
    else this.#words[4] = word;
    if (this.#depth === 0) {
      if (word === 'atomic' && before === 'begin' && this.#isRoutine()) this.#depth = 1;
    } else if (word === 'case' || word === 'begin') this.#depth += 1;
    else if (word === 'end') this.#depth -= 1;
  }

  #isRoutine(): boolean {
    const [first, ...rest] = this.#words.slice(0, 4);
    return first === 'create' && rest.some((word) => word === 'function' || word === 'procedure');
  }
}
