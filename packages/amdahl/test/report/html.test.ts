import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/artifacts/run-result.ts';
import { renderHtml } from '../../src/report/html.ts';
import { chromiumHint, chromiumPath, launchChromium } from '../fixtures/chromium.ts';
import { exampleResult } from '../fixtures/result.ts';

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
  let browser: Browser;
  let directory: string;

  beforeAll(async () => {
    browser = await launchChromium();
    directory = await mkdtemp(join(tmpdir(), 'amdahl-report-'));
  });

  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Opens the report from disk and keeps what goes wrong in it. */
  async function open(
    result: RunResult,
    width: number,
  ): Promise<{ page: Page; problems: string[] }> {
    const file = join(directory, `${width}.html`);
    await writeFile(file, renderHtml(result));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) problems.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, problems };
  }

  test.each([1280, 390])(
    'opens at %i pixels without an error, a request or a scroll bar below',
    async (width) => {
      const { page, problems } = await open(exampleResult(), width);
      await page.evaluate(
        `for (const each of document.querySelectorAll('details')) each.open = true`,
      );
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(problems).toEqual([]);
      expect(overflow).toBe(0);
      await page.close();
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
