/** Which database the text is written for. */
export type Dialect = 'postgresql' | 'mysql';

/** Something that is often slow, seen in the text of a statement alone. */
export interface LintRemark {
  /** The audit that would judge it with a database; `unreadable` for a text that is no statement. */
  readonly rule: string;
  readonly dialect: Dialect;
  /** The statement, as it was given. */
  readonly text: string;
  /** What was seen and why it may be slow, and that nobody looked whether it is. */
  readonly message: string;
  /** What to do, as a sentence. */
  readonly advice: string;
}

/** Looks at one statement without a database. */
export function lintText(
  _text: string,
  _options: { readonly dialect: Dialect },
): readonly LintRemark[] {
  return [];
}
