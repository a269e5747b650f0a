import type { SelfTest } from '@amdahl/load';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CommandLine } from './amdahl.ts';

let commandLine: CommandLine;

beforeEach(async () => {
  commandLine = await CommandLine.create();
});

afterEach(() => commandLine.end());

test(
  'the load generator measures five servers and says how far off it is',
  { timeout: 180_000 },
  async () => {
    const { stdout, exitCode } = await commandLine.run(['load', '--self-test', '--json']);
    const { servers, passed } = JSON.parse(stdout) as SelfTest;
    expect(servers).toHaveLength(5);
    expect(exitCode).toBe(passed ? 0 : 3);
    for (const { title, requests, figures } of servers) {
      expect([title, requests]).toEqual([title, 500]);
      // Nothing is answered before it is due: what is measured is never much less than the truth.
      const tooFast = figures.filter(({ trueMs, measuredMs }) => measuredMs < trueMs * 0.9);
      expect(tooFast).toEqual([]);
    }
    const stall = servers.find(({ title }) => title.includes('stall'));
    // A generator that leaves out what should have been sent meanwhile would find 5 ms.
    expect(stall?.figures.find(({ name }) => name === 'p90')?.measuredMs).toBeGreaterThan(1_000);
  },
);

test('without it, a load script is asked for', async () => {
  const bare = await commandLine.run(['load', '--url', 'http://127.0.0.1:1/']);
  expect(bare.exitCode).toBe(2);
  expect(bare.stderr).toContain('a load script');
});
