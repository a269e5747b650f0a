import { mysqlFacts } from './mysql-facts.ts';
import { postgresqlFacts } from './postgresql-facts.ts';
import { remarksOn, type Remark } from './remarks.ts';

/** Which database the text is written for. */
export type Dialect = 'postgresql' | 'mysql';

/** Something that is often slow, seen in the text of a statement alone. */
export interface LintRemark extends Remark {
  readonly dialect: Dialect;
  /** The statement, as it was given. */
  readonly text: string;
  /** That nobody looked whether it is slow here. */
  readonly note: string;
}

const note = 'not confirmed: no database given';

/**
 * Looks at one statement without a database. What may be slow is not told from what is: that takes
 * the planner. A text that cannot be read, cut off by `pg_stat_statements` for instance, is one
 * remark too.
 */
export function lintText(
  text: string,
  { dialect }: { readonly dialect: Dialect },
): readonly LintRemark[] {
  if (text.trim() === '') return [];
  const reading = dialect === 'mysql' ? mysqlFacts(text) : postgresqlFacts(text);
  const remarks =
    reading.error !== null
      ? [unreadable(reading.error)]
      : reading.facts === null
        ? []
        : remarksOn(reading.facts, dialect);
  return remarks.map((remark) => ({ ...remark, dialect, text, note }));
}

function unreadable(error: string): Remark {
  return {
    rule: 'unreadable',
    message: `The text cannot be read as a statement: ${error}.`,
    advice: 'See that the statement is whole, and that its dialect is the one given.',
  };
}
