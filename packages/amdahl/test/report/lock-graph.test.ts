import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LockGraphDetail, LockGraphNode } from '../../src/audits/detail.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { lockGraphLines } from '../../src/report/terminal/lock-graph.ts';
import { paintFor } from '../../src/report/terminal/paint.ts';
import { locksOf } from '../audits/queries/locks.ts';
import { frame } from '../fixtures/agent.ts';
import { chromiumHint, chromiumPath } from '../fixtures/chromium.ts';
import { exampleResult } from '../fixtures/result.ts';
import { PageViewer } from './page-viewer.ts';

const node = (id: number, statement: string, more: Partial<LockGraphNode> = {}): LockGraphNode => ({
  id,
  statement,
  state: 'waits',
  atOnce: null,
  callSite: null,
  route: null,
  notes: [],
  ...more,
});

const edge = (from: number, to: number, inCycle = false): LockGraphDetail['edges'][number] => ({
  from,
  to,
  mode: 'ShareLock',
  object: 'a row of stock',
  seen: inCycle ? null : 48,
  longestMs: inCycle ? null : 420,
  inCycle,
});

/** Three behind a transaction, two of them behind the third. */
const line: LockGraphDetail = {
  kind: 'lock-graph',
  title: 'Who waits for whom',
  nodes: [
    node(1, 'SELECT quantity\n  FROM stock FOR UPDATE', {
      state: 'idle in transaction',
      callSite: frame('src/orders.ts', 42, 'takeStock'),
      route: 'POST /orders',
      notes: ['awaits POST http://127.0.0.1:8025/charge in src/pay.ts:12, up to 104 ms'],
    }),
    node(2, 'UPDATE orders SET state = 1'),
    node(3, `DELETE FROM orders WHERE note = '</code><img src=x>'`, { atOnce: 12 }),
    node(4, ''),
  ],
  edges: [edge(2, 1), edge(3, 2), edge(4, 2)],
};

const circle: LockGraphDetail = {
  kind: 'lock-graph',
  title: 'The circle',
  nodes: [
    node(1, 'UPDATE a SET x = 1'),
    node(2, 'UPDATE b SET x = 1'),
    node(3, 'UPDATE c SET x = 1'),
  ],
  edges: [edge(1, 2, true), edge(2, 3, true), edge(3, 1, true)],
};

test('the terminal shows a tree from those in the way to those who wait', () => {
  expect(lockGraphLines(line, paintFor(false), 72).join('\n')).toBe(
    `
1. SELECT quantity FROM stock FOR UPDATE
idle in transaction · POST /orders, src/orders.ts:42
awaits POST http://127.0.0.1:8025/charge in src/pay.ts:12, up to 104 ms
└─ waits for ShareLock on a row of stock, seen 48 times, up to 420 ms
   2. UPDATE orders SET state = 1
   └─ waits for ShareLock on a row of stock, seen 48 times, up to 420 ms
      3. DELETE FROM orders WHERE note = '</code><img src=x>'
      up to 12 at once
   └─ waits for ShareLock on a row of stock, seen 48 times, up to 420 ms
      4. a statement that is not known`.slice(1),
  );
});

test('a circle ends where it began, and colours change no character', () => {
  const plain = lockGraphLines(circle, paintFor(false), 60);
  expect(plain).toEqual([
    '1. UPDATE a SET x = 1',
    '└─ waits for ShareLock on a row of stock',
    '   3. UPDATE c SET x = 1',
    '   └─ waits for ShareLock on a row of stock',
    '      2. UPDATE b SET x = 1',
    '      └─ waits for ShareLock on a row of stock',
    '         1. again: the circle closes',
  ]);
  const coloured = lockGraphLines(circle, paintFor(true), 60);
  expect(coloured).not.toEqual(plain);
  expect(coloured.map(stripVTControlCharacters)).toEqual(plain);
});

/** The example with these graphs as the evidence of its first finding. */
function resultWith(...evidence: readonly LockGraphDetail[]): ReturnType<typeof exampleResult> {
  const result = exampleResult();
  const [first, ...others] = result.findings;
  if (first === undefined) throw new Error('the example has findings');
  return { ...result, findings: [{ ...first, evidence }, ...others] };
}

test('the page says how locks were looked at, and what is missing', () => {
  const result = exampleResult();
  const value = locksOf({ samples: 120, warnings: ['log_lock_waits is off'] });
  const page = renderHtml({
    ...result,
    artifacts: { ...result.artifacts, locks: { status: 'ok', value } },
  });
  expect(page).toContain('looked at 120 times, every 100 ms');
  expect(page).toContain('log_lock_waits is off');
});

test('Markdown lists it', () => {
  expect(renderMarkdown(resultWith(line))).toContain(
    '- `waits for ShareLock on a row of stock, seen 48 times, up to 420 ms: 2. UPDATE orders SET state = 1`',
  );
});

describe.skipIf(chromiumPath === null)(`in Chromium${chromiumHint}`, { timeout: 60_000 }, () => {
  let viewer: PageViewer;

  beforeAll(async () => {
    viewer = await PageViewer.launch();
  }, 60_000);

  afterAll(() => viewer?.close());

  test.each([
    [360, 'light'],
    [1280, 'dark'],
  ] as const)(
    'every arrow at %i pixels (%s) points at the row it says',
    async (width, colorScheme) => {
      const { page } = await viewer.open(renderHtml(resultWith(line, circle)), width, {
        colorScheme,
      });
      // Each lane of a graph: the rows its arrowhead and its ends lie in.
      const drawn =
        await page.evaluate(`[...document.querySelectorAll('.lock-graph')].map((graph) => {
      const rows = [...graph.children];
      return rows.map((row) => {
        const box = row.getBoundingClientRect();
        const lines = row.querySelector('.lock-lines').getBoundingClientRect();
        const text = row.querySelector('div').getBoundingClientRect();
        return {
          arrows: row.querySelectorAll('path').length,
          joins: [...row.querySelectorAll('line')].filter((each) => each.getAttribute('y1') === each.getAttribute('y2')).length,
          asHigh: Math.abs(box.height - lines.height) < 1,
          beside: lines.right <= text.left + 1 && text.right <= innerWidth,
        };
      });
    })`);
      const fits = { asHigh: true, beside: true };
      expect(drawn).toEqual([
        [
          { arrows: 1, joins: 1, ...fits },
          { arrows: 1, joins: 2, ...fits },
          { arrows: 0, joins: 1, ...fits },
          { arrows: 0, joins: 1, ...fits },
        ],
        [
          { arrows: 1, joins: 2, ...fits },
          { arrows: 1, joins: 2, ...fits },
          { arrows: 1, joins: 2, ...fits },
        ],
      ]);
      expect(await page.locator('.lock-graph img').count()).toBe(0);
      const [last] = await page
        .locator('.lock-graph')
        .first()
        .locator('li .lock-wait')
        .allTextContents();
      expect(last).toBe(
        'waits for 1: ShareLock on a row of stock, seen 48 times, up to 420\u00a0ms',
      );
      expect(
        await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        ),
      ).toBe(0);
      await page.close();
    },
  );
});
