import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/artifacts/run-result.ts';
import { renderHtml } from '../../src/report/html.ts';
import { chromiumHint, chromiumPath } from '../fixtures/chromium.ts';
import { exampleResult } from '../fixtures/result.ts';
import { PageViewer, type OpenPage } from './page-viewer.ts';

const hostile = `</script><script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;

/** The example with hostile text wherever the measured service could put it. */
function hostileResult(): RunResult {
  const text = JSON.stringify(exampleResult())
    .replaceAll('listOrders', JSON.stringify(hostile).slice(1, -1))
    .replaceAll('GET /products/:id', `GET /${JSON.stringify(hostile).slice(1, -1)}`)
    .replaceAll('scoreAll', JSON.stringify(hostile).slice(1, -1))
    .replaceAll('SELECT id', JSON.stringify(`SELECT '${hostile}', id`).slice(1, -1));
  return JSON.parse(text) as RunResult;
}

test('the page needs no other file', () => {
  const page = renderHtml(exampleResult());
  expect(page).not.toMatch(/<(?:link|script|img|iframe)[^>]+(?:src|href)="(?!data:|#)/);
  expect(page).not.toMatch(/@import|url\(/);
});

test('the same result makes the same page', () => {
  expect(renderHtml(exampleResult())).toBe(renderHtml(exampleResult()));
});

test('a void run shows no figure of the service', () => {
  const page = renderHtml(exampleResult({ verdict: { kind: 'void', reasons: [] } }));
  expect(page).not.toContain('id="routes"');
  expect(page).not.toContain('class="gains"');
  expect(page).not.toContain('id="series"');
  expect(page).not.toMatch(/−\d/);
});

describe.skipIf(chromiumPath === null)(`in Chromium${chromiumHint}`, () => {
  let viewer: PageViewer;

  beforeAll(async () => {
    viewer = await PageViewer.launch();
  });

  afterAll(() => viewer?.close());

  function open(result: RunResult, width: number): Promise<OpenPage> {
    return viewer.open(renderHtml(result), width);
  }

  test.each([1280, 390])(
    'opens at %i pixels without an error, a request or a scroll bar below',
    async (width) => {
      const { problems, overflowPx } = await viewer.inspect(renderHtml(exampleResult()), width);
      expect(problems).toEqual([]);
      expect(overflowPx).toBe(0);
    },
  );

  test('text of the measured service stays text', async () => {
    const { page, problems } = await open(hostileResult(), 1280);
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('.frame.flame-app', { hasText: 'script' }).textContent()).toContain(
      '</script>',
    );
    expect(problems).toEqual([]);
    await page.close();
  });

  test('the flame graph zooms, searches and is walked by keyboard', async () => {
    const { page, problems } = await open(exampleResult(), 1280);
    const frame = page.locator('.frame', { hasText: 'scoreAll' });
    await frame.focus();
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('.frame:focus').textContent()).toBe('userPage');
    await page.keyboard.press('Enter');
    expect(await page.locator('.frame.above').count()).toBe(2);
    expect(await page.locator('.flame-readout').textContent()).toContain('user-page.ts:12');
    await page.keyboard.press('Escape');
    expect(await page.locator('.frame.above').count()).toBe(0);
    await page.locator('.flame input').fill('fast-json');
    expect(await page.locator('.frame.found').allTextContents()).toEqual(['serialize']);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('the pointer on a chart reads its values', async () => {
    const { page } = await open(exampleResult(), 1280);
    const chart = page.locator('#series .chart', { hasText: 'Response time' });
    await chart.locator('.canvas').hover({ position: { x: 1, y: 20 } });
    expect(await chart.locator('output').allTextContents()).toEqual(['30 ms', '120 ms']);
    await page.close();
  });

  test('the headline leads to its finding, unfolded', async () => {
    const result = exampleResult();
    const { page } = await open(result, 1280);
    await page.evaluate(`document.querySelector('.finding').open = false`);
    await page.locator('#headline a').click();
    await page.locator('.finding-body').first().waitFor({ state: 'visible' });
    expect(await page.locator('.finding').first().getAttribute('open')).not.toBeNull();
    await page.close();
  });

  test('every table has a caption, every section and chart a name', async () => {
    const { page } = await open(exampleResult(), 1280);
    expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
    expect(await page.locator('main > section:not([aria-labelledby])').count()).toBe(0);
    expect(await page.locator('.plot:not([aria-label])').count()).toBe(0);
    expect(await page.locator('h1').count()).toBe(1);
    await page.close();
  });
});
