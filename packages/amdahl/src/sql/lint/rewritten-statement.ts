import { deparse, parseStatement } from '../parser.ts';
import { indexCandidates } from '../index-candidates.ts';
import type { Schema } from '../schema.ts';
import { shapeOf, type StatementShape } from '../statement-shape.ts';
import { keysetRewrite, type KeysetWalk } from './keyset-rewrite.ts';
import type { LintRule, Proposal } from './rule.ts';
import type { Rewrite } from './rules/date-range.ts';
import { lintRules } from './rules.ts';

/** A statement with every place rewritten that one rule finds. */
export interface RewrittenStatement extends Pick<
  Proposal,
  'rule' | 'why' | 'equivalence' | 'preconditions' | 'withoutNulls' | 'advice' | 'baresColumn'
> {
  /** The original, written like `text` so that the two can be compared. */
  readonly originalText: string;
  readonly text: string;
  readonly shape: StatementShape;
  /** Definitions of candidate indexes that could serve it. */
  readonly candidates: ReadonlySet<string>;
  /** Conditions that can be compared value by value. */
  readonly steps: readonly Rewrite[];
  /** For a page by keyset, whose parameters are others than the original's. */
  readonly keyset?: KeysetWalk;
}

/** A statement with more places than this is generated, and the point is made. */
const maxSteps = 8;

/** Every rule's rewrite of the statement; rules that find nothing are left out. */
export function rewritesFor(
  text: string,
  parameters: readonly unknown[],
  schema: Schema,
): readonly RewrittenStatement[] {
  const byKeyset = keysetRewrite(text, parameters, schema);
  return [
    ...lintRules.flatMap((rule) => applyRule(rule, text, parameters, schema) ?? []),
    ...(byKeyset === null ? [] : [byKeyset]),
  ];
}

/** One place after the other, until the rule finds no more. */
function applyRule(
  rule: LintRule,
  text: string,
  parameters: readonly unknown[],
  schema: Schema,
): RewrittenStatement | null {
  const original = parseStatement(text).node;
  const proposals: Proposal[] = [];
  let node = original;
  let shape = node === null ? null : shapeOf(node, schema, parameters);
  while (node !== null && shape !== null && proposals.length < maxSteps) {
    const step = rule.propose({ statement: node, shape, schema, parameters });
    if (step === null) break;
    proposals.push(step);
    node = step.rewritten;
    shape = shapeOf(node, schema, parameters);
  }
  const [first] = proposals;
  if (original === null || node === null || shape === null || first === undefined) return null;
  const candidates = indexCandidates(shape, schema).map((index) => index.definition);
  const all = <Item>(of: (proposal: Proposal) => readonly Item[]): readonly Item[] => [
    ...new Set(proposals.flatMap(of)),
  ];
  return {
    rule: first.rule,
    why: first.why,
    equivalence:
      proposals.find(({ equivalence }) => equivalence !== 'by-rule')?.equivalence ?? 'by-rule',
    preconditions: all((each) => each.preconditions),
    withoutNulls: all((each) => each.withoutNulls),
    advice: all((each) => each.advice),
    baresColumn: first.baresColumn,
    originalText: deparse(original),
    text: deparse(node),
    shape,
    candidates: new Set(candidates),
    steps: all((each) => (each.step === undefined ? [] : [each.step])),
  };
}
