import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html, jsonIsland, prose } from '../../src/report/html/markup.ts';

describe('what is put into a template', () => {
  test('is text, in elements and in attributes', () => {
    const hostile = `<b title="x" class='y'>&amp;</b>`;
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
      '<p title="&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;">' +
        '&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;</p>',
    );
  });

  test('is markup when a template made it, nothing when it is absent, joined when it is a list', () => {
    const items = ['<', 1].map((item) => html`<b>${item}</b>`);
    expect(html`<i>${items}${null}${undefined}${false}</i>`.text).toBe(
      '<i><b>&lt;</b><b>1</b></i>',
    );
  });
});

test('no text ends the script element that carries it, and all of it comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const island = jsonIsland('data', { text: `${text}</script><!--<script>` }).text;
      const content = island.slice(island.indexOf('>') + 1, island.lastIndexOf('</script>'));
      expect(content).not.toMatch(/<|\u2028|\u2029/);
      expect(JSON.parse(content)).toEqual({ text: `${text}</script><!--<script>` });
    }),
  );
});

test('words in backticks are code', () => {
  expect(html`${prose('Give scripts `<defer>` in 5 ms')}`.text).toBe(
    'Give scripts <code>&lt;defer&gt;</code> in 5\u00a0ms',
  );
});
