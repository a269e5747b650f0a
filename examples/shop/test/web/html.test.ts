import { expect, test } from 'vitest';
import { Html, html } from '../../src/web/html.ts';

test('values are escaped, HTML is not', () => {
  const name = `<b>"O'Brien" & sons</b>`;
  expect(html`<p>${name}${new Html('<br>')}</p>`.text).toBe(
    '<p>&lt;b&gt;&quot;O&#39;Brien&quot; &amp; sons&lt;/b&gt;<br></p>',
  );
});

test('lists are joined, nothing shows for what is absent', () => {
  expect(html`<p>${['<', new Html('<i>'), [1, 2]]}${null}${undefined}${false}${0}</p>`.text).toBe(
    '<p>&lt;<i>120</p>',
  );
});
