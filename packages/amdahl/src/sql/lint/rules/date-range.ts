import type { Node } from 'libpg-query';
import { as, constantOf, findAll, lastName, replaceNode } from '../../ast.ts';
import { deparseExpression, parseExpression } from '../../parser.ts';
import type { Predicate } from '../../predicates.ts';
import type { StatementShape } from '../../statement-shape.ts';
import { proposal, type LintRule } from '../rule.ts';

/**
 * Rewrites conditions that hide a date or time column inside a function into half-open ranges of the
 * bare column, which any index on it can serve ("sargable": search argument able). `>= start` and
 * `< end` miss no fraction of the last second, unlike BETWEEN.
 *
 * The bounds are written as dates where that is enough: PostgreSQL compares `timestamp` and
 * `timestamptz` with `date` directly, at midnight of the session's time zone, which is the zone that
 * EXTRACT and the casts use too. Rules apply only where the meaning stays the same.
 */
export interface Rewrite {
  readonly rule: RewriteRule;
  readonly predicate: Predicate;
  /** The condition as it was and as it is. */
  readonly before: Node;
  readonly after: Node;
  /** Where the range begins and ends, as expressions. */
  readonly ends: readonly Node[];
  /** The whole statement, rewritten. */
  readonly node: Node;
}

export type RewriteRule = 'extract-year' | 'cast-to-date' | 'date-trunc' | 'to-char';

/** Every rewrite of one condition of the statement, each on its own. */
export function rewritesOf(statement: Node, shape: StatementShape): readonly Rewrite[] {
  return shape.blocks.flatMap((block) =>
    block.predicates.flatMap((predicate) => {
      const range = rangeFor(predicate);
      if (range === null) return [];
      const after = parseExpression(range.conditions.join(' AND '));
      return [
        {
          rule: range.rule,
          predicate,
          before: predicate.node,
          after,
          ends: range.ends.map(parseExpression),
          node: replaceNode(statement, predicate.node, after),
        },
      ];
    }),
  );
}

interface Comparison {
  /** The side with the column, and the column as the statement writes it. */
  readonly side: Node;
  readonly column: string;
  readonly type: 'date' | 'timestamp' | 'timestamptz';
  readonly operator: '=' | '<' | '<=' | '>' | '>=' | 'between';
  readonly values: readonly Node[];
}

/** Where the values that satisfy `f(column) = value` begin and end. */
interface Bounds {
  readonly rule: RewriteRule;
  start(value: Node): string | null;
  end(value: Node): string | null;
  /** Further condition on the value, for rules where not every value can match. */
  guard?(value: Node): string | null;
  /** Whether only `=` keeps its meaning. */
  readonly equalityOnly?: boolean;
}

interface Range {
  readonly rule: RewriteRule;
  readonly conditions: readonly string[];
  readonly ends: readonly string[];
}

function rangeFor(predicate: Predicate): Range | null {
  if (predicate.expression === null || predicate.join) return null;
  const comparison = comparisonOf(predicate);
  if (comparison === null) return null;
  const bounds = boundsOf(comparison);
  if (bounds === null || (bounds.equalityOnly === true && comparison.operator !== '=')) return null;
  const [first, last = first] = comparison.values;
  if (first === undefined || last === undefined) return null;
  const [start, end, endOfLast] = [bounds.start(first), bounds.end(first), bounds.end(last)];
  if (start === null || end === null || endOfLast === null) return null;
  const { column } = comparison;
  const conditions = {
    '=': [`${column} >= ${start}`, `${column} < ${end}`],
    between: [`${column} >= ${start}`, `${column} < ${endOfLast}`],
    '>=': [`${column} >= ${start}`],
    '>': [`${column} >= ${end}`],
    '<': [`${column} < ${start}`],
    '<=': [`${column} < ${end}`],
  }[comparison.operator];
  const guard = bounds.guard?.(first) ?? null;
  return {
    rule: bounds.rule,
    conditions: guard === null ? conditions : [...conditions, guard],
    ends: [start, end, endOfLast],
  };
}

const mirrored = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function comparisonOf({ node, column }: Predicate): Comparison | null {
  const expression = as(node, 'A_Expr');
  const type = timeType(column.type);
  if (expression === null || type === null) return null;
  const { lexpr, rexpr } = expression;
  if (lexpr === undefined || rexpr === undefined) return null;
  const columnIsLeft = findAll(lexpr, 'ColumnRef').length > 0;
  const side = columnIsLeft ? lexpr : rexpr;
  const [reference] = findAll(side, 'ColumnRef');
  if (reference === undefined) return null;
  const written = deparseExpression({ ColumnRef: reference });
  if (expression.kind === 'AEXPR_BETWEEN') {
    const values = as(rexpr, 'List')?.items ?? [];
    return { side, column: written, type, operator: 'between', values };
  }
  const name = lastName(expression.name);
  if (expression.kind !== 'AEXPR_OP' || !(name in mirrored)) return null;
  const operator = name as keyof typeof mirrored;
  return {
    side,
    column: written,
    type,
    operator: columnIsLeft ? operator : mirrored[operator],
    values: [columnIsLeft ? rexpr : lexpr],
  };
}

function timeType(type: string): Comparison['type'] | null {
  if (type === 'date') return 'date';
  if (/^timestamp(\(\d\))? without time zone$/.test(type)) return 'timestamp';
  return /^timestamp(\(\d\))? with time zone$/.test(type) ? 'timestamptz' : null;
}

function boundsOf({ side, type }: Comparison): Bounds | null {
  const call = as(side, 'FuncCall');
  const cast = as(side, 'TypeCast');
  if (cast !== null) {
    const toDate = lastName(cast.typeName?.names) === 'date' && isColumn(cast.arg);
    return toDate && type !== 'date' ? dateBounds : null;
  }
  if (call === null) return null;
  const [first, second] = call.args ?? [];
  switch (lastName(call.funcname)) {
    case 'extract':
    case 'date_part':
      return constantOf(first) === 'year' && isColumn(second) ? yearBounds : null;
    case 'date':
      return isColumn(first) && type !== 'date' ? dateBounds : null;
    case 'date_trunc': {
      const interval = truncationUnits[String(constantOf(first))];
      if (interval === undefined || !isColumn(second) || call.args?.length !== 2) return null;
      return truncationBounds(String(constantOf(first)), interval, type);
    }
    case 'to_char': {
      const interval = formats[String(constantOf(second))];
      if (interval === undefined || !isColumn(first)) return null;
      return formatBounds(String(constantOf(second)), interval);
    }
    default:
      return null;
  }
}

function isColumn(node: Node | undefined): boolean {
  return as(node, 'ColumnRef') !== null;
}

/** `EXTRACT(YEAR FROM c) = 2024`: from one New Year to the next. */
const yearBounds: Bounds = {
  rule: 'extract-year',
  start: (value) => newYear(value, 0),
  end: (value) => newYear(value, 1),
};

function newYear(value: Node, later: number): string | null {
  const constant = constantOf(value);
  if (constant === undefined) {
    const year = asType(value, ['int', 'int4', 'integer'])
      ? deparseExpression(value)
      : `CAST(${deparseExpression(value)} AS int)`;
    return `make_date(${year}${later === 0 ? '' : ` + ${later}`}, 1, 1)`;
  }
  const year = Number(constant);
  // Outside four digits the literal would need another form.
  if (!Number.isInteger(year) || year < 1000 || year >= 9999) return null;
  return `'${year + later}-01-01'`;
}

/** `c::date = '2024-05-01'`: from midnight to midnight. */
const dateBounds: Bounds = {
  rule: 'cast-to-date',
  start: (value) => dateOf(value),
  end: (value) => {
    const date = dateOf(value);
    return date === null ? null : `${date} + 1`;
  },
};

/** Only values that are dates already: casting a moment to a date would move it. */
function dateOf(value: Node): string | null {
  const text = deparseExpression(value);
  if (asType(value, ['date']) || as(value, 'SQLValueFunction')?.op === 'SVFOP_CURRENT_DATE')
    return text;
  const untyped = as(value, 'ParamRef') !== null || typeof constantOf(value) === 'string';
  return untyped && as(value, 'TypeCast') === null ? `CAST(${text} AS date)` : null;
}

/** Length of what `date_trunc` cuts to. */
const truncationUnits: Readonly<Record<string, string>> = {
  year: '1 year',
  quarter: '3 months',
  month: '1 month',
  week: '1 week',
  day: '1 day',
  hour: '1 hour',
  minute: '1 minute',
};

/**
 * `date_trunc('month', c) = value`: one unit from the value on, and nothing at all when the value is
 * no start of a unit.
 */
function truncationBounds(unit: string, interval: string, type: Comparison['type']): Bounds {
  // date_trunc of a date answers a timestamptz.
  const moment = type === 'timestamp' ? 'timestamp' : 'timestamptz';
  const typed = (value: Node): string => {
    const text = deparseExpression(value);
    return truncatedTo(value, unit) ? text : `CAST(${text} AS ${moment})`;
  };
  return {
    rule: 'date-trunc',
    equalityOnly: true,
    start: typed,
    end: (value) => `${typed(value)} + INTERVAL '${interval}'`,
    guard: (value) =>
      truncatedTo(value, unit) ? null : `date_trunc('${unit}', ${typed(value)}) = ${typed(value)}`,
  };
}

function truncatedTo(value: Node, unit: string): boolean {
  const call = as(value, 'FuncCall');
  return lastName(call?.funcname) === 'date_trunc' && constantOf(call?.args?.[0]) === unit;
}

/** Formats of `to_char` that name a whole period, and its length. */
const formats: Readonly<Record<string, string>> = {
  YYYY: '1 year',
  'YYYY-MM': '1 month',
  'YYYY-MM-DD': '1 day',
};

/** `to_char(c, 'YYYY-MM') = '2024-05'`: the period the text names. */
function formatBounds(format: string, interval: string): Bounds {
  const first = (value: Node): string => `to_date(${deparseExpression(value)}, '${format}')`;
  return {
    rule: 'to-char',
    equalityOnly: true,
    start: first,
    end: (value) => `${first(value)} + INTERVAL '${interval}'`,
    // to_date forgives what to_char never writes, such as '2024-5'.
    guard: (value) => `to_char(${first(value)}, '${format}') = ${deparseExpression(value)}`,
  };
}

function asType(value: Node, types: readonly string[]): boolean {
  const cast = as(value, 'TypeCast');
  return cast !== null && types.includes(lastName(cast.typeName?.names));
}

/** The rewrites of this file as a rule. */
export const dateRange: LintRule = {
  id: 'extract-year',
  audit: 'non-sargable-predicate',
  propose: ({ statement, shape }) => {
    const [step] = rewritesOf(statement, shape);
    if (step === undefined) return null;
    const { column } = step.predicate;
    const why = `${column.name} stands inside a function, so that no index on it can be used`;
    return proposal(step.rule, [step.before], step.node, why, { baresColumn: true, step });
  },
};
