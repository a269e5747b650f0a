import { as, walk } from '../sql/ast.ts';
import { fingerprint, parseStatement } from '../sql/parser.ts';
import { relationsOf } from '../sql/statement-relations.ts';

/**
 * Equal for texts that are one statement with other values. The fingerprint alone is too coarse for
 * planning: it takes `id IN (…)` for `id = …`, and `events_07` for `events_08`.
 */
export function statementIdentity(text: string): string {
  const { node } = parseStatement(text);
  if (node === null) return text;
  let lists = 0;
  walk([node], (each) => {
    if (as(each, 'A_Expr')?.kind === 'AEXPR_IN') lists += 1;
  });
  const tables = relationsOf(node).map(
    ({ schemaname = '', relname = '' }) => `${schemaname}.${relname}`,
  );
  return [fingerprint(text), lists, ...tables].join(' ');
}
