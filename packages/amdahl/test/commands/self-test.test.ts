import { expect, test } from 'vitest';
import type { SelfTest } from '@amdahl/load';
import { CommandLine } from './amdahl.ts';

test(
  'the load generator says how far off it is on this machine',
  { timeout: 120_000 },
  async () => {
    const commandLine = await CommandLine.create();
    const { stdout, exitCode } = await commandLine.run(['load', '--self-test', '--json']);
    const { servers, passed } = JSON.parse(stdout) as SelfTest;
    expect(servers).toHaveLength(5);
    expect(exitCode).toBe(passed ? 0 : 3);
    const bare = await commandLine.run(['load', '--url', 'http://127.0.0.1:1/']);
    expect(bare.exitCode).toBe(2);
    expect(bare.stderr).toContain('a load script');
    await commandLine.end();
  },
);
