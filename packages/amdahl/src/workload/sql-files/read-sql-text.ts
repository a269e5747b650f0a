import type { Node } from 'libpg-query';
import { parseStatement } from '../../sql/parser.ts';
import { kindOf } from '../../sql/statement-shape.ts';
import { asksTheServerOnly } from '../own-statements.ts';
import { numberPlaceholders } from './number-placeholders.ts';
import { endOfBroken, nextPiece, type SqlPiece } from './split-sql.ts';

/** A text with SQL taken apart. */
export interface SqlText {
  /** What reads or changes rows, placeholders as `$n`. */
  readonly statements: readonly { readonly text: string; readonly line: number }[];
  readonly unread: readonly {
    readonly text: string;
    readonly line: number;
    readonly error: string;
  }[];
  /** The first words of statements that have no plan: `CREATE TABLE`. */
  readonly passedOver: readonly string[];
}

/** Longer ones hold data, not a query; parsing them takes seconds. UTF-16 units. */
const maxStatementLength = 100_000;

/** Takes a file of SQL apart. What does not parse is told, and the statements behind it are read. */
export function readSqlText(text: string): SqlText {
  const statements: SqlText['statements'][number][] = [];
  const unread: SqlText['unread'][number][] = [];
  const passedOver: string[] = [];
  const lineAt = lineCounter(text);
  let from = 0;
  for (let piece = nextPiece(text, from); piece !== null; piece = nextPiece(text, from)) {
    const line = lineAt(piece.start);
    from = piece.next;
    const read = parsePiece(piece);
    if ('error' in read) {
      const end = endOfBroken(piece);
      if (end !== null) from = end;
      const broken = end === null ? piece.text : text.slice(piece.start, end);
      unread.push({ text: broken, line, error: read.error });
    } else if (kindOf(read.node) === null) {
      passedOver.push(firstWords(piece));
    } else if (!asksTheServerOnly(read.node)) {
      statements.push({ text: read.text, line });
    }
  }
  return { statements, unread, passedOver };
}

function parsePiece(
  piece: SqlPiece,
): { readonly text: string; readonly node: Node } | { readonly error: string } {
  if (piece.text.length > maxStatementLength) {
    return { error: `longer than ${maxStatementLength / 1_000} kB: data rather than a query` };
  }
  const text = numberPlaceholders(piece.tokens);
  const { node, error } = parseStatement(text);
  if (node !== null) return { text, node };
  // What looked like a placeholder may have been none.
  const original = parseStatement(piece.text).node;
  return original === null ? { error } : { text: piece.text, node: original };
}

function firstWords({ tokens }: SqlPiece): string {
  const words = tokens.filter(({ kind }) => kind === 'word').map((token) => token.text);
  const [first = '', ...rest] = words.map((word) => word.toUpperCase());
  if (!['CREATE', 'ALTER', 'DROP'].includes(first)) return first;
  const object = rest.find(
    (word) => !['OR', 'REPLACE', 'UNIQUE', 'TEMP', 'TEMPORARY'].includes(word),
  );
  return `${first} ${object ?? ''}`.trim();
}

/** Line numbers of places asked for in rising order, the first line being 1. */
function lineCounter(text: string): (place: number) => number {
  let line = 1;
  let at = 0;
  return (place) => {
    for (; at < place; at += 1) if (text[at] === '\n') line += 1;
    return line;
  };
}
