import { expect, test } from 'vitest';
import { planMarkup } from '../../src/report/html/details/plan.ts';
import { parsePlan } from '../../src/sql/plan-reading/parse-plan.ts';
import { sequentialPlan } from '../fixtures/query-findings.ts';

/** What a reader of the page is told, line by line of the plan. */
function linesOf(plan: Parameters<typeof planMarkup>[0]['plan']): readonly string[] {
  const { text } = planMarkup({ kind: 'plan', title: 'Plan', plan });
  return text.split('<li').map((item) =>
    item
      .replace(/^[^>]*>/, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

const { plan } = parsePlan(`
Hash Join  (cost=1.00..500.00 rows=40 width=8) (actual time=1.0..100.0 rows=4000.00 loops=1)
  Hash Cond: (o.user_id = u.id)
  ->  Seq Scan on orders o  (cost=0.00..400.00 rows=400 width=8) (actual time=1.0..60.0 rows=400.00 loops=1)
        Filter: (note <> '<b>')
        Rows Removed by Filter: 79600
  ->  Hash  (cost=1.00..1.00 rows=10 width=4) (never executed)`);

test('of an executed plan: own time, rows, and how far the estimate was off', () => {
  const [caption, join, scan, hash] = linesOf(plan);
  expect(caption).toContain('100 ms, cost 500');
  expect(join).toMatch(
    /^Hash Join joined by \(o\.user_id = u\.id\) 4,000 rows ↑ 100× more than planned 40 ms, 40 % of the time/,
  );
  expect(scan).toContain(
    'on orders filter (note &lt;&gt; &#39;&lt;b&gt;&#39;), which removed 79,600 rows 400 rows 60 ms, 60 %',
  );
  expect(scan).not.toContain('planned');
  expect(hash).toMatch(/^Hash never executed .*never asked for a row. no rows asked for$/);
});

test('of a plan that was not executed: own cost and the rows expected', () => {
  const [caption, , , scan] = linesOf(sequentialPlan);
  expect(caption).toContain('cost 21,452');
  expect(caption).not.toContain('ms');
  expect(scan).toMatch(/^Seq Scan on orders filter \(user_id = 4711\) 12 rows 100 % of the cost/);
});

test('how loops and processes add up, where blocks lay, and what did not fit', () => {
  const { plan: parallel } = parsePlan(`
Gather  (cost=1.00..500.00 rows=40 width=8) (actual time=1.0..100.0 rows=4000.00 loops=1)
  Workers Planned: 2
  Workers Launched: 1
  Buffers: shared hit=100 read=200, temp read=5 written=6
  ->  Sort  (cost=1.00..400.00 rows=20 width=8) (actual time=1.0..90.0 rows=2000.00 loops=2)
        Sort Method: external merge  Disk: 48kB
        Buffers: shared hit=100 read=200, temp read=5 written=6
        ->  Parallel Seq Scan on orders  (cost=0.00..400.00 rows=400 width=8) (actual time=1.0..60.0 rows=2000.00 loops=2)
              Filter: (note = 'x')
              Rows Removed by Filter: 500
              Buffers: shared hit=100 read=200`);
  const [, gather, sort, scan] = linesOf(parallel);
  expect(gather).toContain('2 workers planned, 1 launched');
  expect(sort).toContain('in 49.2 kB of disk');
  expect(sort).toContain('It wrote 49.2 kB to temporary files');
  expect(scan).toContain(
    'It ran 2 times, each time with 2,000 rows in 60 ms on average; 2 processes',
  );
  expect(scan).toContain('It touched 2.46 MB, of which 1.64 MB were not in shared buffers.');
  expect(scan).toContain('removed 1,000 rows');
});
