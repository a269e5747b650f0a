import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { groupCpuTimeUs } from '../../src/prove/process-cpu.ts';

const burn =
  'const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end);';

test.runIf(process.platform === 'linux')(
  'counts the CPU time of a whole process group, of children that ended too',
  async () => {
    const parent = spawn(
      '/bin/sh',
      ['-c', `"$NODE" -e '${burn}' && "$NODE" -e '${burn}' && echo done && read -r line`],
      { detached: true, stdio: ['pipe', 'pipe', 'inherit'], env: { NODE: process.execPath } },
    );
    const ended = once(parent, 'exit');
    try {
      await once(parent.stdout, 'data');
      expect(groupCpuTimeUs(parent.pid as number)).toBeGreaterThanOrEqual(400_000);
    } finally {
      parent.stdin.end('\n');
    }
    await ended;
    expect(groupCpuTimeUs(parent.pid as number)).toBeNull();
  },
);
