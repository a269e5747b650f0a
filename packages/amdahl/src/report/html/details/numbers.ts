import type { NumberDetail } from '../../../audits/detail.ts';
import { formatValue } from '../../figures.ts';
import { html, type Markup } from '../markup.ts';

export function numbersMarkup(numbers: readonly NumberDetail[]): Markup {
  return html`<dl class="numbers">
    ${numbers.map(
      ({ label, value, unit }) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${formatValue(value, unit)}</dd>
        </div>`,
    )}
  </dl>`;
}
