import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlDocument, type HtmlDocument } from '../../src/report/html/document.ts';
import { html, trusted } from '../../src/report/html/markup.ts';
import { chromiumHint, chromiumPath } from '../fixtures/chromium.ts';
import { PageViewer } from './page-viewer.ts';

function pageWith(parts: Partial<HtmlDocument>): string {
  return htmlDocument({
    title: '<b>shop</b>',
    amdahlVersion: '1.2.3',
    masthead: html`<h1>Shop</h1>`,
    skip: 'Skip to the report',
    main: html`<section></section>`,
    ...parts,
  }).text;
}

test('a title is text, and a page without scripts has none', () => {
  const page = pageWith({});
  expect(page).toContain('<title>Amdahl · &lt;b&gt;shop&lt;/b&gt;</title>');
  expect(page).not.toContain('<script');
  expect(page).not.toContain('script-src');
  expect(page).not.toContain('connect-src');
  expect(pageWith({ isServed: true })).toContain('connect-src');
});

describe.skipIf(chromiumPath === null)(`in Chromium${chromiumHint}`, { timeout: 60_000 }, () => {
  let viewer: PageViewer;

  beforeAll(async () => {
    viewer = await PageViewer.launch();
  }, 60_000);

  afterAll(() => viewer?.close());

  test('its own scripts run', async () => {
    const { page, problems } = await viewer.open(
      pageWith({ scripts: ['charts', 'flame', 'live'] }),
      390,
    );
    // The live page's script alone looks for controls this page has not: that it fails shows it ran.
    expect(problems).toEqual([expect.stringContaining('null')]);
    await page.close();
  });

  test('markup that got in by mistake runs nothing and loads nothing', async () => {
    const smuggled = trusted(`
      <script>document.title = 'owned'</script>
      <img src="x" onerror="document.title = 'owned'">
      <img src="http://127.0.0.1:9/pixel.png">`);
    const { page, problems } = await viewer.open(
      pageWith({ main: smuggled, scripts: ['charts'] }),
      390,
    );
    expect(await page.title()).toBe('Amdahl · <b>shop</b>');
    // The browser tells of what it was asked for and of what it refused.
    const refused = problems.filter((problem) => !problem.startsWith('asked for'));
    for (const problem of refused) expect(problem).toMatch(/content security policy/i);
    expect(refused.join('\n')).toMatch(/inline script[^]*pixel\.png/);
    await page.close();
  });

  test('keyboards get past the masthead', async () => {
    const { page } = await viewer.open(pageWith({ mainId: 'live' }), 1280);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#live');
    expect(await page.locator('main#live').count()).toBe(1);
    await page.close();
  });
});
