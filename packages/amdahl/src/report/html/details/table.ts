import type { TableDetail } from '../../../audits/detail.ts';
import { formatValue } from '../../figures.ts';
import { html, type Markup } from '../markup.ts';

/** A table that scrolls by itself when it is wider than the page. */
export function tableMarkup({ title, columns, rows }: TableDetail): Markup {
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0">
    <table>
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ label, unit }) => html`<th scope="col" class="${unit === 'none' ? '' : 'number'}">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((value, index) => {
                const unit = columns[index]?.unit ?? 'none';
                return html`<td class="${unit === 'none' ? '' : 'number'}">
                  ${formatValue(value, unit)}
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
