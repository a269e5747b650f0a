import type { Node } from 'libpg-query';
import type { CatalogColumn } from '../../../artifacts/catalog.ts';
import { as, constantOf, findAll, lastName, replaceNode } from '../../ast.ts';
import type { Predicate } from '../../predicates.ts';
import { allOf, castTo, functionCall, integerConstant, operation } from '../build.ts';
import { comparisonOf, isIntegerType, type Comparison } from '../comparison.ts';
import { proposal, type LintContext, type LintRule } from '../rule.ts';

/**
 * A column compared with another type is converted row by row, and the index, which is in the order
 * of the column's own type, is of no use: `id = 5.0` converts each id to numeric, `id::text = '5'`
 * each to text. `id = '5'` is innocent: an untyped literal takes the column's type. Here the value
 * is converted instead, or what it is rounded to where the column holds whole numbers.
 */
export const implicitCast: LintRule = {
  id: 'implicit-cast',
  audit: 'implicit-cast',
  propose: (context) => {
    for (const predicate of context.shape.blocks.flatMap((block) => block.predicates)) {
      const found = uncast(predicate, context);
      if (found === null) continue;
      const { column, node } = predicate;
      return proposal(
        'implicit-cast',
        [node],
        replaceNode(context.statement, node, found.condition),
        `each ${column.name} (${column.type}) is converted to ${found.from} to be compared, so that no index on it can be used`,
        {
          baresColumn: true,
          equivalence: found.precondition === undefined ? 'by-rule' : 'by-proof',
          preconditions: found.precondition === undefined ? [] : [found.precondition],
        },
      );
    }
    return null;
  },
};

interface Uncast {
  readonly condition: Node;
  /** The type the column is converted to. */
  readonly from: string;
  readonly precondition?: string;
}

function uncast(predicate: Predicate, context: LintContext): Uncast | null {
  const { column } = predicate;
  const comparison = comparisonOf(predicate);
  if (comparison === null) return null;
  const cast = as(comparison.side, 'TypeCast');
  if (as(comparison.side, 'ColumnRef') === null && as(cast?.arg, 'ColumnRef') === null) return null;
  const to = cast === null ? null : lastName(cast.typeName?.names);
  if (to === 'text' || to === 'varchar') return fromText(comparison, column, context);
  if (isIntegerType(column.type)) return fromFraction(comparison, to);
  if (column.type.startsWith('numeric')) return fromFloat(comparison, column, to);
  if (column.type === 'boolean' && to === 'int4') return fromFlag(comparison);
  if (column.type.startsWith('character(')) return fromPadded(comparison, to);
  return null;
}

/** How each type writes its values: only such texts can equal one, and they lead back to it. */
const writtenForms: readonly (readonly [type: RegExp, text: RegExp, what: string])[] = [
  [/^(smallint|integer|bigint)$/, /^(0|-?[1-9]\d*)$/, 'a whole number without leading zeros'],
  [/^uuid$/, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID in lower case'],
  [/^date$/, /^\d{4}-\d\d-\d\d$/, 'a date such as 2024-05-31'],
  [/^boolean$/, /^(true|false)$/, 'true or false'],
];

/** `id::text = '5'` */
function fromText(
  { reference, operator, value }: Comparison,
  column: CatalogColumn,
  { schema, parameters }: LintContext,
): Uncast | null {
  const isEnum = (schema.catalog.types ?? []).some(
    ({ name, definition }) =>
      lastPart(name) === lastPart(column.type) && / AS ENUM/.test(definition),
  );
  const form = writtenForms.find(([type]) => type.test(column.type));
  const what = isEnum ? 'one of the labels' : form?.[2];
  if (operator !== '=' || what === undefined) return null;
  const bare = as(value, 'TypeCast')?.arg ?? value;
  const text = constantOf(bare);
  if (typeof text === 'string') {
    if (form !== undefined && !form[1].test(text)) return null;
    return {
      condition: operation('=', reference, castTo(column.type, bare)),
      from: 'text',
      ...(isEnum ? { precondition: `${column.name} has the label '${text}'.` } : {}),
    };
  }
  const parameter = as(bare, 'ParamRef')?.number;
  if (parameter === undefined) return null;
  const sent = parameters[parameter - 1];
  const isText = typeof sent === 'string' || typeof sent === 'number';
  if (isText && form !== undefined && !form[1].test(String(sent))) return null;
  return {
    condition: operation('=', reference, castTo(column.type, bare)),
    from: 'text',
    precondition: `$${parameter} is always ${what}: any other text now fails, where it found nothing before.`,
  };
}

function lastPart(name: string): string {
  return name.split('.').at(-1) ?? name;
}

const fractionTypes = new Set(['numeric', 'decimal', 'float4', 'float8']);

/** `id = 5.0`, `id = $1::numeric`, `id::numeric = $1` */
function fromFraction(
  { reference, operator, value }: Comparison,
  to: string | null,
): Uncast | null {
  if (to !== null && !fractionTypes.has(to)) return null;
  const cast = as(value, 'TypeCast');
  const castType = lastName(cast?.typeName?.names);
  const constant = constantOf(value);
  const isFraction = to !== null || isFractional(value) || fractionTypes.has(castType);
  if (!isFraction || findAll([value], 'ColumnRef').length > 0) return null;
  const from = to ?? (cast === null ? 'numeric' : castType);
  if (typeof constant === 'number') {
    if (!Number.isSafeInteger(Math.trunc(constant))) return null;
    const whole = { '=': constant, '<': Math.ceil(constant), '>=': Math.ceil(constant) };
    const other = { '>': Math.floor(constant), '<=': Math.floor(constant) };
    const border = { ...whole, ...other }[operator];
    // Nothing equals half a number: that is no slow statement but a wrong one.
    if (!Number.isInteger(border)) return null;
    return { condition: operation(operator, reference, integerConstant(border)), from };
  }
  const parameter = as(cast?.arg ?? value, 'ParamRef');
  if (parameter === null) return null;
  const number = fractionTypes.has(castType) ? value : castTo('numeric', value);
  const rounded = (by: string): Node => castTo('bigint', functionCall(by, number));
  if (operator === '=') {
    const guard = operation('=', number, functionCall('trunc', number));
    const condition = allOf(operation('=', reference, rounded('trunc')), guard);
    return condition === undefined ? null : { condition, from };
  }
  const by = operator === '<' || operator === '>=' ? 'ceil' : 'floor';
  return { condition: operation(operator, reference, rounded(by)), from };
}

/** A literal with a point or an exponent is numeric; one without is an integer of some size. */
function isFractional(value: Node): boolean {
  const digits = as(value, 'A_Const')?.fval?.fval;
  return digits !== undefined && (/[.eE]/.test(digits) || Math.abs(Number(digits)) >= 2 ** 63);
}

/** `price = $1::float8`: numeric has no index order in common with floating point. */
function fromFloat(
  { reference, operator, value, side }: Comparison,
  column: CatalogColumn,
  to: string | null,
): Uncast | null {
  const cast = as(value, 'TypeCast');
  const isFloat = ['float4', 'float8'].includes(to ?? lastName(cast?.typeName?.names));
  const bare = cast?.arg ?? value;
  if (!isFloat || (as(bare, 'ParamRef') === null && constantOf(bare) === undefined)) return null;
  if (as(side, 'ColumnRef') === null && to === null) return null;
  return {
    condition: operation(operator, reference, castTo('numeric', bare)),
    from: 'floating point',
    precondition: `${column.name} has fewer than 16 digits: more are lost in floating point, so that the original may find neighbours too.`,
  };
}

/** `active::int = 1` */
function fromFlag({ reference, operator, value }: Comparison): Uncast | null {
  const number = constantOf(value);
  if (operator !== '=' || (number !== 1 && number !== 0)) return null;
  const truth: Node = { A_Const: { boolval: number === 1 ? { boolval: true } : {} } };
  return { condition: operation('=', reference, truth), from: 'integer' };
}

/** `code = 'x'::text`: a padded column compared as text, which it is without its padding. */
function fromPadded({ reference, operator, value }: Comparison, to: string | null): Uncast | null {
  const cast = as(value, 'TypeCast');
  const isText = to !== null || ['text', 'varchar'].includes(lastName(cast?.typeName?.names));
  const text = constantOf(value);
  if (!isText || operator !== '=' || typeof text !== 'string' || text.endsWith(' ')) return null;
  return { condition: operation('=', reference, cast?.arg ?? value), from: 'text' };
}
