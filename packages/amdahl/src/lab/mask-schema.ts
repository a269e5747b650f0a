import type { CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import { parseExpression, deparseExpression } from '../sql/parser.ts';
import { maskComparisons } from './mask-comparisons.ts';

type MaskValue = (type: string, value: string) => string;

/** Words in a bound that are no values. */
const keywords = new Set(['MINVALUE', 'MAXVALUE', 'NULL', 'true', 'false']);
const element = /'((?:[^']|'')*)'|([^\s,()']+)/g;

/** The types of the values in a partition's bound, by their place in it. */
function boundTypes(table: CatalogTable): readonly string[] | null {
  const key = table.partitionOf?.keyColumns;
  if (key === undefined) return null;
  const types = key.map((name) => table.columns.find((column) => column.name === name)?.type);
  return types.every((type) => type !== undefined) ? types : null;
}

/** Values in the bound with their types. */
export function valuesOfBound(
  table: CatalogTable,
): readonly (readonly [type: string, value: string])[] {
  const found: (readonly [string, string])[] = [];
  eachInBound(table, (type, value) => {
    found.push([type, value]);
    return value;
  });
  return found;
}

/** The bound with its values masked; hash partitions have none. */
export function maskBound(table: CatalogTable, maskValue: MaskValue): string {
  return eachInBound(table, maskValue);
}

function eachInBound(table: CatalogTable, change: MaskValue): string {
  const bound = table.partitionOf?.bound ?? '';
  const types = boundTypes(table);
  if (types === null || !/^FOR VALUES (FROM|IN)/.test(bound)) return bound;
  const isList = bound.startsWith('FOR VALUES IN');
  return bound.replaceAll(/\((.*?)\)(?= TO|$)/gs, (_all, list: string) => {
    let at = -1;
    const changed = list.replaceAll(element, (whole: string, quoted?: string, bare?: string) => {
      at += 1;
      if (bare !== undefined && keywords.has(bare)) return whole;
      const type = types[isList ? 0 : at] ?? types[0] ?? 'text';
      const masked = change(type, quoted?.replaceAll("''", "'") ?? bare ?? '');
      return `'${masked.replaceAll("'", "''")}'`;
    });
    return `(${changed})`;
  });
}

interface Conditions extends Partial<Pick<CatalogIndex, 'predicate' | 'definition'>> {
  readonly checks?: readonly string[];
}

/** An index's predicate or a table's checks, with the constants that columns are compared with masked. */
export function maskConditions(
  { predicate, definition, checks }: Conditions,
  table: CatalogTable | undefined,
  maskValue: MaskValue,
): Conditions {
  const typeOf = (column: string): string | null =>
    table?.columns.find(({ name }) => name === column)?.type ?? null;
  const mask = (expression: string): string => {
    try {
      const masked = maskComparisons(parseExpression(expression), typeOf, maskValue);
      return deparseExpression(masked.node);
    } catch {
      return expression;
    }
  };
  if (checks !== undefined) {
    return {
      checks: checks.map((check) =>
        check.replace(
          /^(CONSTRAINT .+? CHECK )\((.*)\)( NO INHERIT)?$/s,
          (_all, head: string, expression: string, tail = '') =>
            `${head}(${mask(expression)})${String(tail)}`,
        ),
      ),
    };
  }
  if (predicate == null || definition === undefined || !definition.endsWith(predicate)) return {};
  const masked = `(${mask(predicate)})`;
  return {
    predicate: masked,
    definition: `${definition.slice(0, -predicate.length)}${masked}`,
  };
}
