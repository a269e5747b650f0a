import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/prove/headline.ts';
import { proveErrors } from '../../src/prove/prove-errors.ts';
import { renderProofHtml } from '../../src/prove/render-html.ts';
import { renderProofTerminal } from '../../src/prove/render-terminal.ts';
import { proofOf } from './proofs.ts';
import { figures, rounds, slice, voided } from './slices.ts';

const faster = proofOf(
  rounds([
    [100, 50],
    [102, 51],
    [98, 49],
    [101, 52],
    [99, 48],
    [103, 50],
    [97, 51],
    [100, 49],
  ]),
);

describe('the terminal', () => {
  test('answers first, then shows what the answer rests on', () => {
    expect(renderProofTerminal(faster, { colour: false })).toMatchInlineSnapshot(`
      "B is faster than A: the whole load took 55 ms instead of 110 ms (mean; −50 %, 95 % interval −51 % to −49 %).
        95 % interval of B/A 0.490 to 0.513, p < 0.001

      A  node server.js with FIX=
      B  node server.js with FIX=n-plus-one
      8 rounds, each side for 3s with 20 users, interleaved; seed 1

                                  A      B  change   95 % interval   p95 A   p95 B  answer
      the whole load (mean)  110 ms  55 ms   −50 %  −51 % to −49 %  200 ms  100 ms  faster
      GET / (median)         100 ms  50 ms   −50 %  −51 % to −49 %  200 ms  100 ms  faster

      the whole load        A     B
      requests a second  10.0  20.0
      failed              0 %   0 %
      "
    `);
  });

  test('colours nothing when told not to, the answer when told so', () => {
    const plain = renderProofTerminal(faster, { colour: false });
    const coloured = renderProofTerminal(faster, { colour: true });
    expect(plain).not.toContain('\u001B');
    expect(coloured.split('\n')[0]).toContain('\u001B[32m');
  });

  test('shows no times of a route that only one side served', () => {
    const slices = faster.slices.map((each) =>
      each.side === 'a' ? { ...each, routes: { ...each.routes, 'GET /rare': figures(5) } } : each,
    );
    const text = renderProofTerminal(proofOf(slices), { colour: false });
    expect(text).toMatch(/GET \/rare \(median\) +– +– +– +– +not enough data/);
  });

  test('says what was left out and why', () => {
    const slices = faster.slices.map((each) =>
      each.round === 3 && each.side === 'a' ? { ...each, verdict: voided } : each,
    );
    const text = renderProofTerminal(proofOf(slices), { colour: false });
    expect(text).toContain('7 of 8 rounds usable');
    expect(text).toContain('Round 4 was left out, its A slice being void: sent late Send less.');
  });

  test('says what kept the experiment from its end, and shows no figures when there are none', () => {
    const text = renderProofTerminal(
      proofOf([slice('a', 0, 10)], { interrupted: true, plannedRounds: 8 }),
      { colour: false },
    );
    expect(text).toContain('Not enough data to tell B from A.');
    expect(text).toContain('Stopped before its planned end');
    expect(text).not.toContain('requests a second');
  });

  test('puts the prediction beside the proof, saved time being positive', () => {
    const text = renderProofTerminal(
      proofOf(faster.slices, {
        prediction: {
          finding: 'n-plus-one:1',
          title: 'One statement an order',
          method: 'critical-path',
          gains: [
            { route: null, gainMs: { low: 40, mid: 50, high: 60 } },
            { route: 'GET /elsewhere', gainMs: { low: 1, mid: 2, high: 3 } },
          ],
        },
      }),
      { colour: false },
    );
    expect(text).toMatch(/the whole load +50 ms \(40 ms to 60 ms\) +5\d[.\d]* ms \(5/);
    expect(text).toMatch(/GET \/elsewhere .*not measured/);
  });
});

describe('the page', () => {
  test('holds nothing that loads or runs, and escapes what it was given', () => {
    const page = renderProofHtml(
      proofOf(
        faster.slices.map((each) => ({
          ...each,
          routes: { 'GET /<script>alert(1)</script>': figures(each.total.p50Ms) },
        })),
      ),
    );
    expect(page).toContain('GET /&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/(?:src|href)="(?!data:,"|#)|url\(|@import/);
    expect(page).toContain('B is faster than A');
    expect(page.match(/<circle[^>]*class="[ab]"/g)).toHaveLength(16);
  });

  test('exists for a proof without a round', () => {
    expect(renderProofHtml(proofOf([]))).toContain('Not enough data to tell B from A.');
  });
});

describe('the exit code', () => {
  test.each([
    ['faster', 0.5, 0],
    ['the same', 1, 0],
    ['slower', 2, 1],
  ])('of %s', (_, factor, code) => {
    const times = [100, 101, 99, 102, 98, 100].map((a) => [a, a * factor] as const);
    expect(exitCodeOf(proofOf(rounds(times)))).toBe(code);
  });

  test('of too few rounds is 3, of an interrupted experiment 130', () => {
    expect(exitCodeOf(proofOf(rounds([[100, 50]])))).toBe(3);
    expect(exitCodeOf({ ...faster, interrupted: true })).toBe(130);
  });

  test('of an experiment that broke is 3, whatever its finished rounds say', () => {
    const problem = proveErrors.create('AMDAHL_PROVE_BAD_OPTION', {
      expected: 'this',
      found: 'that',
      next: 'Do it.',
    });
    expect(exitCodeOf({ ...faster, problem: problem.toJSON() })).toBe(3);
  });

  test('of a quick B that fails more is 1', () => {
    const slices = faster.slices.map((each) =>
      each.side === 'a' ? each : { ...each, total: { ...each.total, failed: 30 + each.round } },
    );
    expect(exitCodeOf(proofOf(slices))).toBe(1);
  });

  test('of an experiment on one route is about that route', () => {
    const slices = faster.slices.map((each) => ({
      ...each,
      routes: {
        'GET /same': figures(100 + each.round),
        'GET /faster': figures(each.total.p50Ms),
        'GET /slower': figures(1_000 / each.total.p50Ms),
      },
    }));
    expect(exitCodeOf(proofOf(slices, { focus: 'GET /slower' }))).toBe(1);
    expect(exitCodeOf(proofOf(slices, { focus: 'GET /same' }))).toBe(0);
  });
});
