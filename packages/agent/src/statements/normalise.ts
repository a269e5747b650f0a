/*
 * Turns the text of a statement into its shape: literals become `?`, comments go, everything else
 * stays as it was sent, `$1` included. Two statements that differ only in their values get the same
 * text. A list of literals becomes `?, ...` whatever its length, so that `IN (1, 2)` and
 * `IN (1, 2, 3)` are one shape. The lexical rules are those of PostgreSQL's scanner
 * (https://www.postgresql.org/docs/current/sql-syntax-lexical.html).
 */

/** Longer texts are compared by their beginning. */
const readLength = 20_000;
/** `StatementAggregate.text` is cut at this length. */
const shownLength = 10_000;

const quote = 0x27;
const doubleQuote = 0x22;
const dollar = 0x24;
const dash = 0x2d;
const slash = 0x2f;
const star = 0x2a;
const dot = 0x2e;
const backslash = 0x5c;

/** Prefixes that make the quoted text after them a literal of another kind. */
const literalPrefix = /^(?:e|b|x|n|u&)$/i;
const number = /(?:0[xob][\da-f_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:e[+-]?\d+)?)\.?/iy;
const dollarQuote = /\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy;
/** What may stand between two literals of a list. */
const listSeparator = /^\s*,\s*$/;

export interface NormalisedStatement {
  readonly text: string;
  /** The literals as they were written, in order. */
  readonly literals: readonly string[];
}

export function normaliseStatement(sent: string): NormalisedStatement {
  const text = sent.length > readLength ? sent.slice(0, readLength) : sent;
  const literals: string[] = [];
  let shape = '';
  let copiedTo = 0;
  /** Where the shape's last literal ends, and whether it already stands for a list. */
  let literalEnd = -1;
  let listed = false;
  let at = 0;

  const leaveOut = (from: number, to: number): void => {
    shape += text.slice(copiedTo, from);
    copiedTo = to;
  };
  const replace = (from: number, to: number): void => {
    leaveOut(from, to);
    literals.push(text.slice(from, to));
    if (literalEnd >= 0 && listSeparator.test(shape.slice(literalEnd))) {
      shape = shape.slice(0, literalEnd) + (listed ? '' : ', ...');
      listed = true;
    } else {
      shape += '?';
      listed = false;
    }
    literalEnd = shape.length;
  };

  while (at < text.length) {
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    const start = at;
    if (code === quote) {
      at = afterQuoted(text, at, quote, false);
      replace(start, at);
    } else if (code === doubleQuote) {
      at = afterQuoted(text, at, doubleQuote, false);
    } else if (code === dash && next === dash) {
      at = text.indexOf('\n', at);
      if (at < 0) at = text.length;
      leaveOut(start, at);
    } else if (code === slash && next === star) {
      at = afterBlockComment(text, at);
      leaveOut(start, at);
    } else if (code === dollar) {
      at = isDigit(next) ? afterDigits(text, at + 1) : afterDollarQuoted(text, at);
      if (at - start > 1 && !isDigit(next)) replace(start, at);
    } else if (isDigit(code) || (code === dot && isDigit(next))) {
      number.lastIndex = at;
      at += number.exec(text)?.[0].length ?? 1;
      replace(start, at);
    } else if (isIdentifierStart(code)) {
      at = afterIdentifier(text, at);
      if (text.charCodeAt(at) === quote && literalPrefix.test(text.slice(start, at))) {
        at = afterQuoted(text, at, quote, (code | 0x20) === 0x65);
        replace(start, at);
      }
    } else {
      at += 1;
    }
  }
  leaveOut(text.length, text.length);
  return { text: shape.trim().slice(0, shownLength), literals };
}

/** The position after a quoted part; a doubled quote stands for itself. */
function afterQuoted(text: string, start: number, mark: number, escapes: boolean): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === mark) {
      if (text.charCodeAt(at + 1) !== mark) return at + 1;
      at += 1;
    } else if (escapes && code === backslash) {
      at += 1;
    }
    at += 1;
  }
  return text.length;
}

function afterBlockComment(text: string, start: number): number {
  let depth = 1;
  let at = start + 2;
  while (at < text.length && depth > 0) {
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    const opens = code === slash && next === star;
    const closes = code === star && next === slash;
    if (opens) depth += 1;
    if (closes) depth -= 1;
    at += opens || closes ? 2 : 1;
  }
  return at;
}

/** After `$tag$ … $tag$`, or after the dollar sign when it opens nothing. */
function afterDollarQuoted(text: string, start: number): number {
  dollarQuote.lastIndex = start;
  const tag = dollarQuote.exec(text)?.[0];
  if (tag === undefined) return start + 1;
  const end = text.indexOf(tag, start + tag.length);
  return end < 0 ? text.length : end + tag.length;
}

function afterDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function afterIdentifier(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    const ampersandOfPrefix =
      code === 0x26 && at === start + 1 && text.charCodeAt(at + 1) === quote;
    if (!isIdentifierStart(code) && !isDigit(code) && code !== dollar && !ampersandOfPrefix) {
      return at;
    }
    at += 1;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isIdentifierStart(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x5f || code >= 0x80;
}
