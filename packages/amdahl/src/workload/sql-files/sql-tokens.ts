/** A piece of SQL as far as splitting and placeholders must tell pieces apart. */
export interface SqlToken {
  readonly kind:
    | 'space'
    | 'comment'
    | 'string'
    | 'dollar-quoted'
    | 'identifier'
    | 'word'
    | 'number'
    | 'parameter'
    /** A command of psql: from its backslash to the end of the line. */
    | 'meta'
    /** Any other character, by itself. */
    | 'symbol';
  readonly text: string;
  readonly start: number;
  /** False when the text ended before the token did. */
  readonly closed: boolean;
}

/**
 * The token at a place of the text; null at its end. PostgreSQL's own scanner cannot do this: it
 * refuses the whole text for one unclosed quote, and knows no placeholders of drivers.
 */
export function sqlTokenAt(text: string, start: number): SqlToken | null {
  if (start >= text.length) return null;
  const token = (kind: SqlToken['kind'], end: number, closed = true): SqlToken => ({
    kind,
    text: text.slice(start, end),
    start,
    closed,
  });
  const upTo = (kind: SqlToken['kind'], mark: string, from: number): SqlToken => {
    const at = text.indexOf(mark, from);
    return at === -1 ? token(kind, text.length, false) : token(kind, at + mark.length);
  };
  const matched = (pattern: RegExp): string | null => {
    pattern.lastIndex = start;
    return pattern.exec(text)?.[0] ?? null;
  };
  const space = matched(/\s+/y);
  if (space !== null) return token('space', start + space.length);
  if (text.startsWith('--', start)) return token('comment', endOfLine(text, start));
  if (text.startsWith('/*', start)) return blockComment(text, start);
  if (text[start] === '\\') return token('meta', endOfLine(text, start));
  const escaped = matched(/e'/iy);
  if (escaped !== null) return quoted(text, start, start + 2, "'", true);
  const opening = matched(/(?:[bnx]|u&)?'/iy);
  if (opening !== null) return quoted(text, start, start + opening.length, "'", false);
  const name = matched(/(?:u&)?"/iy);
  if (name !== null) return quoted(text, start, start + name.length, '"', false);
  const parameter = matched(/\$\d+/y);
  if (parameter !== null) return token('parameter', start + parameter.length);
  const tag = matched(/\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy);
  if (tag !== null) return upTo('dollar-quoted', tag, start + tag.length);
  const word = matched(/[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy);
  if (word !== null) return token('word', start + word.length);
  const number = matched(/(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|0[xob][\da-f_]+/iy);
  if (number !== null) return token('number', start + number.length);
  return token('symbol', start + 1);
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at === -1 ? text.length : at;
}

/** Comments of SQL nest. */
function blockComment(text: string, start: number): SqlToken {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) {
      const end = mark.index + 2;
      return { kind: 'comment', text: text.slice(start, end), start, closed: true };
    }
  }
  return { kind: 'comment', text: text.slice(start), start, closed: false };
}

/** A doubled quote is one of the text; where backslashes escape, so is one behind a backslash. */
function quoted(
  text: string,
  start: number,
  inside: number,
  quote: "'" | '"',
  escapes: boolean,
): SqlToken {
  const kind = quote === "'" ? 'string' : 'identifier';
  for (let at = inside; at < text.length; at += 1) {
    if (escapes && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (text[at + 1] === quote) at += 1;
      else return { kind, text: text.slice(start, at + 1), start, closed: true };
    }
  }
  return { kind, text: text.slice(start), start, closed: false };
}
