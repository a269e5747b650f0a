/**
 * What the text of one statement shows, whichever database it is written for: forms that are often
 * slow. Without a schema nobody knows whether they are here.
 */
export interface TextFacts {
  /** The outermost select list has a star. */
  readonly star: boolean;
  /** Columns inside something when they are compared in WHERE or ON. */
  readonly wrapped: readonly WrappedColumn[];
  /** Columns searched with a pattern that begins with a wildcard. */
  readonly wildcards: readonly string[];
  /** Columns compared with a literal that has a fraction. */
  readonly fractions: readonly string[];
  /** Columns of `NOT IN (SELECT …)`. */
  readonly notIn: readonly string[];
  /** Columns of alternatives joined by OR, where they differ. */
  readonly alternatives: readonly (readonly string[])[];
  /** Rows skipped; null when a parameter says how many, 0 without OFFSET. */
  readonly offset: number | null;
  /** Sorted by chance. */
  readonly random: boolean;
  /** A count compared with zero. */
  readonly countForExistence: boolean;
  /** DISTINCT over a join. */
  readonly distinctJoin: boolean;
  /** A subquery in the select list that aggregates. */
  readonly subqueryPerRow: boolean;
  /** HAVING without any aggregate. */
  readonly plainHaving: boolean;
  /** Rows of a table, with neither condition nor LIMIT nor aggregate. */
  readonly unbounded: boolean;
}

export interface WrappedColumn {
  readonly column: string;
  /** `the function YEAR`, `a cast`, `arithmetic` */
  readonly inside: string;
  readonly kind: 'function' | 'cast' | 'arithmetic';
}

/** Facts of a text, null for a statement that reads no rows, or why it cannot be read. */
export type FactsReading =
  | { readonly facts: TextFacts | null; readonly error: null }
  | { readonly error: string };
