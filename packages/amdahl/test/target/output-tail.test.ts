import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { OutputTail } from '../../src/target/output-tail.ts';

async function tailOf(...chunks: readonly string[]): Promise<readonly string[]> {
  const tail = new OutputTail();
  const stream = new PassThrough();
  tail.follow(stream);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return tail.lines();
}

test('lines are whole however they arrive', async () => {
  expect(await tailOf('on', 'e\ntw', 'o\r\nthr', 'ee')).toEqual(['one', 'two', 'three']);
});

test('only the last lines are kept', async () => {
  const lines = await tailOf(Array.from({ length: 1_000 }, (_, index) => `${index}\n`).join(''));
  expect(lines).toHaveLength(200);
  expect(lines.at(-1)).toBe('999');
});

test('a line without end takes no more memory than a long line', async () => {
  const lines = await tailOf(...Array.from({ length: 100 }, () => 'x'.repeat(1_000)));
  expect(lines.map((line) => line.length)).toEqual([2_000]);
});
