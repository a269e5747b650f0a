import type { LintRule } from './rule.ts';
import { arithmeticOnColumn } from './rules/arithmetic-on-column.ts';
import { coalesceOnColumn } from './rules/coalesce-on-column.ts';
import { correlatedSubquery } from './rules/correlated-subquery.ts';
import { dateRange } from './rules/date-range.ts';
import { distinctFanOut } from './rules/distinct-fan-out.ts';
import { existenceCount } from './rules/existence-count.ts';
import { havingWithoutAggregate } from './rules/having-without-aggregate.ts';
import { implicitCast } from './rules/implicit-cast.ts';
import { notInSubquery } from './rules/not-in-subquery.ts';
import { orAcrossColumns } from './rules/or-across-columns.ts';
import { randomOrder } from './rules/random-order.ts';

/** Every rule that can write a statement another way. */
export const lintRules: readonly LintRule[] = [
  dateRange,
  arithmeticOnColumn,
  coalesceOnColumn,
  implicitCast,
  notInSubquery,
  orAcrossColumns,
  existenceCount,
  randomOrder,
  distinctFanOut,
  correlatedSubquery,
  havingWithoutAggregate,
];
