import type { DiffDetail } from '../../../audits/detail.ts';
import { diffLines, type ChangeLine } from '../../brief.ts';
import { html, type Markup } from '../markup.ts';
import { sqlMarkup } from './sql.ts';

/** Lines taken out and put in, told apart by sign and by colour. */
export function diffMarkup({ title, language, before, after }: DiffDetail): Markup {
  return html`<figure class="block">
    <figcaption>${title}</figcaption>
    <pre
      class="code diff"
      tabindex="0"
    ><code>${diffLines(before, after).map((line) => lineMarkup(line, language))}</code></pre>
  </figure>`;
}

function lineMarkup({ sign, text }: ChangeLine, language: string): Markup {
  const content = [language === 'sql' ? sqlMarkup(text) : text, '\n'];
  switch (sign) {
    case '-':
      return html`<del><span class="sign">${'− '}</span>${content}</del>`;
    case '+':
      return html`<ins><span class="sign">${'+ '}</span>${content}</ins>`;
    default:
      return html`<span class="same"><span class="sign">${'  '}</span>${content}</span>`;
  }
}
