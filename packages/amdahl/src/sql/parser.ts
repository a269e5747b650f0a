import { deparseSync } from 'pgsql-deparser';
import { fingerprintSync, loadModule, normalizeSync, parseSync, type Node } from 'libpg-query';

/**
 * PostgreSQL 18's own parser, compiled to WebAssembly. It loads with this module (10–20 ms), so that
 * everything built on it, audits among them, stays synchronous; commands that parse no SQL never
 * import it. Results are kept: one run asks for the same few dozen texts again and again.
 */
await loadModule();

/** A parsed text, or why PostgreSQL's parser would not take it. */
export type Parsed =
  | { readonly node: Node; readonly error: null }
  | { readonly node: null; readonly error: string };

/** Texts kept. Beyond this the oldest go: a run has dozens of statements, a hostile one millions. */
const cacheSize = 2_000;

/** Parses a text that holds one statement. Treat the tree as read-only, it is shared. */
export const parseStatement: (text: string) => Parsed = cached((text) => {
  try {
    const statements = parseSync(text).stmts ?? [];
    const node = statements[0]?.stmt;
    if (statements.length === 1 && node !== undefined) return { node, error: null };
    return { node: null, error: `${statements.length} statements where one was expected` };
  } catch (error) {
    return { node: null, error: (error as Error).message };
  }
});

/**
 * Equal for statements that differ only in constants, spacing and the length of IN lists (pg_query's
 * fingerprint); the text itself when it does not parse.
 */
export const fingerprint: (text: string) => string = cached((text) =>
  orItself(fingerprintSync, text),
);

/** The text with its constants replaced by `$n`; the text itself when it does not parse. */
export const normalise: (text: string) => string = cached((text) => orItself(normalizeSync, text));

/** Writes a tree back as SQL, one clause a line. */
export function deparse(node: Node): string {
  return deparseSync(
    { version: 0, stmts: [{ stmt: node }] },
    {
      pretty: true,
    },
  );
}

/** Writes an expression back as SQL, on one line. */
export function deparseExpression(node: Node): string {
  return deparseSync(node, { pretty: false });
}

/** Parses an expression, by way of a SELECT around it. For texts of our own making. */
export function parseExpression(text: string): Node {
  const { node, error } = parseStatement(`SELECT ${text}`);
  const target =
    node !== null && 'SelectStmt' in node ? node.SelectStmt.targetList?.[0] : undefined;
  if (target === undefined || !('ResTarget' in target) || target.ResTarget.val === undefined) {
    throw new Error(`no expression: ${text} (${error ?? 'not one column'})`);
  }
  return target.ResTarget.val;
}

function orItself(work: (text: string) => string, text: string): string {
  try {
    return work(text);
  } catch {
    return text;
  }
}

function cached<Result>(compute: (text: string) => Result): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (results.size >= cacheSize) {
      const [oldest] = results.keys();
      if (oldest !== undefined) results.delete(oldest);
    }
    results.set(text, result);
    return result;
  };
}
