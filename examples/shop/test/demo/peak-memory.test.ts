import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { memoryOfTree } from '../../demo/peak-memory.ts';

const heldBytes = 150_000_000;

test('memory is that of a process and all it started, in turn', async () => {
  const hold = `const held = Buffer.alloc(${heldBytes}, 1); process.stdout.write('held'); process.stdin.resume();`;
  const parent = spawn('/bin/sh', ['-c', '"$NODE" -e "$HOLD"; true'], {
    env: { NODE: process.execPath, HOLD: hold },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await once(parent.stdout, 'data');
    expect(await memoryOfTree(parent.pid as number)).toBeGreaterThan(heldBytes);
    expect(await memoryOfTree(process.pid)).toBeGreaterThan(heldBytes);
  } finally {
    parent.stdin.end();
  }
  await once(parent, 'exit');
  expect(await memoryOfTree(parent.pid as number)).toBe(0);
});
