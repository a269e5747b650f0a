import type { StatementDetail } from '../../../audits/detail.ts';
import { html, type Markup } from '../markup.ts';
import { sqlMarkup } from './sql.ts';

/** A statement as code; the reader gets it whole, lines broken where they do not fit. */
export function statementMarkup({ title, sql, origin }: StatementDetail): Markup {
  return html`<figure class="block">
    <figcaption>${title}${origin !== undefined && html` <code>${origin}</code>`}</figcaption>
    <pre class="code wraps" tabindex="0"><code>${sqlMarkup(sql)}</code></pre>
  </figure>`;
}
