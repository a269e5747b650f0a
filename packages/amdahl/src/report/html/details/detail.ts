import type { Detail } from '../../../audits/detail.ts';
import { lineChart } from '../charts/line-chart.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';
import { codeMarkup } from './code.ts';
import { diffMarkup } from './diff.ts';
import { flameMarkup } from './flame.ts';
import { lockGraphMarkup } from './lock-graph.ts';
import { numbersMarkup } from './numbers.ts';
import { planMarkup } from './plan.ts';
import { statementMarkup } from './statement.ts';
import { tableMarkup } from './table.ts';
import { traceMarkup } from './trace.ts';

type Renderers = {
  readonly [Kind in Detail['kind']]: (
    detail: Extract<Detail, { kind: Kind }>,
    context: PageContext,
  ) => Markup;
};

/** One renderer per kind of evidence. */
const renderers: Renderers = {
  text: ({ text }) => html`<p>${text}</p>`,
  number: (detail) => numbersMarkup([detail]),
  table: tableMarkup,
  series: lineChart,
  statement: statementMarkup,
  plan: planMarkup,
  code: codeMarkup,
  trace: traceMarkup,
  flame: flameMarkup,
  'lock-graph': lockGraphMarkup,
  diff: diffMarkup,
};

export function detailMarkup(detail: Detail, context: PageContext): Markup {
  return (renderers[detail.kind] as (detail: Detail, context: PageContext) => Markup)(
    detail,
    context,
  );
}

/** Details in their order, the numbers together in front. */
export function detailsMarkup(details: readonly Detail[], context: PageContext): Markup {
  const numbers = details.filter((detail) => detail.kind === 'number');
  const others = details.filter((detail) => detail.kind !== 'number');
  return html`${numbers.length > 0 && numbersMarkup(numbers)}${others.map((detail) => detailMarkup(detail, context))}`;
}
