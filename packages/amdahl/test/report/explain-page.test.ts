import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainGivenPlan } from '../../src/explain/explain-given-plan.ts';
import type { ExplainResult } from '../../src/explain/explain-result.ts';
import { renderExplainHtml } from '../../src/report/explain/html.ts';
import { renderExplainMarkdown } from '../../src/report/explain/markdown.ts';
import { renderExplainTerminal } from '../../src/report/explain/terminal.ts';
import { parsePlan } from '../../src/sql/plan-reading/parse-plan.ts';
import { chromiumHint, chromiumPath } from '../fixtures/chromium.ts';
import { PageViewer } from './page-viewer.ts';

const hostile = `</script><script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;

const result: ExplainResult = {
  ...explainGivenPlan(
    parsePlan(`
Nested Loop  (cost=0.43..21450.00 rows=12 width=48) (actual time=0.12..160.3 rows=48000 loops=1)
  Buffers: shared hit=1200 read=14000
  ->  Seq Scan on an_orders_table_with_quite_a_long_name_as_people_have_them o  (cost=0.00..21349.00 rows=12 width=40) (actual time=0.05..90.2 rows=48000 loops=1)
        Filter: (note = '${hostile}'::text)
        Rows Removed by Filter: 952000
        Buffers: shared read=14000
  ->  Index Scan using users_pkey on users u  (cost=0.43..8.40 rows=1 width=8) (actual time=0.001..0.001 rows=1 loops=48000)
        Index Cond: (id = o.user_id)
        Buffers: shared hit=1200
        SubPlan 1
          ->  Seq Scan on vips  (cost=0.00..8.40 rows=1 width=8) (never executed)
Planning Time: 0.310 ms
Execution Time: 219.410 ms`),
  ),
  statement: `SELECT '${hostile}'\nFROM orders`,
  parameters: ['a\u001b[31mb'],
  settings: { work_mem: '4MB' },
};

test('the page needs no other file', () => {
  const page = renderExplainHtml(result);
  expect(page).not.toMatch(/<(?:link|script|img|iframe)[^>]+(?:src|href)="(?!data:|#)/);
  expect(page).not.toMatch(/@import|url\(/);
});

test('the terminal and Markdown say the same, and nothing moves the cursor', () => {
  const text = renderExplainTerminal(result, { colour: false, width: 100 });
  const markdown = renderExplainMarkdown(result);
  for (const { title, criterion } of result.problems) {
    expect(text.replace(/\s+/g, ' ')).toContain(title.slice(0, 60));
    expect(text.replace(/\s+/g, ' ')).toContain(criterion);
    expect(markdown).toContain(criterion);
  }
  expect(text).toContain('work_mem = 4MB');
  expect(text).not.toContain('\u001b');
});

describe.skipIf(chromiumPath === null)(`in Chromium${chromiumHint}`, () => {
  let viewer: PageViewer;

  beforeAll(async () => {
    viewer = await PageViewer.launch();
  });

  afterAll(() => viewer?.close());

  test.each([1280, 360])('at %i pixels nothing fails and nothing sticks out', async (width) => {
    const { problems, overflowPx, title } = await viewer.inspect(renderExplainHtml(result), width);
    expect(problems).toEqual([]);
    expect(title).not.toBe('owned');
    expect(overflowPx).toBe(0);
  });

  test('the figures of a node open by keyboard', async () => {
    const { page } = await viewer.open(renderExplainHtml(result), 1280);
    const more = page.locator('.plan-more').first();
    await more.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await more.getAttribute('open')).not.toBeNull();
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement.textContent');
    expect(focused).toContain('Figures of Index Scan using users_pkey');
    await page.close();
  });

  test('bars are in proportion, and what never ran has none', async () => {
    const { page } = await viewer.open(renderExplainHtml(result), 1280);
    const bars = (await page.evaluate(`[...document.querySelectorAll('.plan li')].map((node) => ({
      never: node.classList.contains('never'),
      share: node.querySelector('.plan-cost .plan-bar')?.getBoundingClientRect().width ?? null,
    }))`)) as readonly { never: boolean; share: number | null }[];
    expect(bars.map(({ never }) => never)).toEqual([false, false, false, true]);
    const [loop, scan, lookup, never] = bars.map(({ share }) => share);
    // 22.1, 90.2 and 48 of 160.3 ms.
    expect((scan ?? 0) / (lookup ?? 1)).toBeCloseTo(90.2 / 48, 1);
    expect((scan ?? 0) / (loop ?? 1)).toBeCloseTo(90.2 / 22.1, 0);
    expect(never).toBeNull();
    await page.close();
  });
});
