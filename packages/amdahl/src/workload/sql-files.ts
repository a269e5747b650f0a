import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { normalise } from '../sql/parser.ts';
import { counted, listed, shortened } from '../wording.ts';
import { unreadable } from './log/read-lines.ts';
import { mergeStatements } from './merge-workloads.ts';
import { listSqlFiles } from './sql-files/list-sql-files.ts';
import { readSqlText } from './sql-files/read-sql-text.ts';
import type { Workload, WorkloadStatement } from './workload.ts';

/** The parser quotes the rest of the file where a quote is not closed. */
const errorLength = 160;

/** Ends and begins transactions: no need to say that it has no plan. */
const unremarkable: ReadonlySet<string> = new Set([
  'BEGIN',
  'START',
  'COMMIT',
  'END',
  'ROLLBACK',
  'SAVEPOINT',
  'RELEASE',
  'SET',
]);

/**
 * Statements of files with SQL, and of all such files in folders: queries of an app, migrations,
 * sqlc's input, scripts of psql. Nobody counted or timed them.
 *
 * @throws AMDAHL_WORKLOAD_FILE_UNREADABLE, AMDAHL_WORKLOAD_NO_SQL_FILES
 */
export async function readSqlFiles(paths: readonly string[]): Promise<Workload> {
  const files = listSqlFiles(paths);
  const statements: WorkloadStatement[] = [];
  const unread: Workload['unread'][number][] = [];
  const passedOver: string[] = [];
  for (const file of files) {
    const read = readSqlText(decoded(file));
    const name = shownPath(file);
    for (const { text, line } of read.statements) {
      statements.push(statementOf(text, `${name}:${line}`));
    }
    for (const { text, line, error } of read.unread) {
      const origin = `${name}:${line}`;
      unread.push({ text, error: `${origin}: ${shortened(error, errorLength)}`, origin });
    }
    passedOver.push(...read.passedOver.filter((words) => !unremarkable.has(words)));
  }
  const [first = ''] = files;
  return {
    source: files.length === 1 ? shownPath(first) : counted(files.length, 'SQL file'),
    statements: mergeStatements(statements),
    unread,
    warnings: passedOver.length === 0 ? [] : [passedOverWarning(passedOver)],
  };
}

function statementOf(text: string, origin: string): WorkloadStatement {
  return {
    text: normalise(text),
    exampleText: text,
    parameterLists: [],
    calls: null,
    meanMs: null,
    rows: null,
    origin,
    executedPlan: null,
  };
}

function passedOverWarning(words: readonly string[]): string {
  const kinds = [...Map.groupBy(words, (each) => each)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([kind]) => kind);
  return `${counted(words.length, 'statement')} that no planner plans (${listed(kinds)}) ${words.length === 1 ? 'was' : 'were'} passed over.`;
}

/** UTF-8, or UTF-16 where the file says so, as tools on Windows write it. */
function decoded(file: string): string {
  try {
    const bytes = readFileSync(file);
    const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(wide ? 'utf-16le' : 'utf-8').decode(bytes);
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}

/** As seen from here, where that is below. */
function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}
