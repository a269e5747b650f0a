import type { CodeDetail } from '../../../audits/detail.ts';
import { shownPath } from '../../overview.ts';
import { sourceKey } from '../../sources.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';

/** Lines of the app around the one at fault, which is marked. */
export function codeMarkup({ title, frame }: CodeDetail, { result }: PageContext): Markup {
  const place = `${shownPath(frame.file, result)}:${frame.line}`;
  const excerpt = result.sources[sourceKey(frame)];
  const caption = html`<figcaption>${title} <code>${place}</code></figcaption>`;
  if (excerpt === undefined) {
    return html`<figure class="block">
      ${caption}
      <p class="quiet">Its lines are not in the recording.</p>
    </figure>`;
  }
  return html`<figure class="block">
    ${caption}
    <pre class="code" tabindex="0"><code>${excerpt.lines.map((line, index) => {
      const number = excerpt.firstLine + index;
      const text = `${line}\n`;
      return html`<span class="line${number === frame.line && ' pointed'}"
        ><span class="line-number" aria-hidden="true">${number}</span>${text}</span
      >`;
    })}</code></pre>
  </figure>`;
}
