import { expect, test } from 'vitest';
import { createBackgroundQueue } from '../../src/background/background-queue.ts';

/** A task that runs until it is told to finish. */
function gate(): { task: () => Promise<void>; finish: () => void; started: () => boolean } {
  let begun = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    task: () => {
      begun = true;
      return promise;
    },
    finish: resolve,
    started: () => begun,
  };
}

const unexpected = (error: unknown): never => {
  throw error;
};

test('runs no more tasks at a time than it may, and drains', async () => {
  const queue = createBackgroundQueue({ concurrency: 2, capacity: 10, onError: unexpected });
  const gates = [gate(), gate(), gate()];
  for (const { task } of gates) await queue.add(task);
  expect(gates.map(({ started }) => started())).toEqual([true, true, false]);

  let drained = false;
  const draining = queue.drain().then(() => (drained = true));
  gates[0]?.finish();
  gates[1]?.finish();
  await Promise.resolve();
  expect(drained).toBe(false);
  gates[2]?.finish();
  await draining;
  expect(gates[2]?.started()).toBe(true);
});

test('a full queue makes the next one wait for room', async () => {
  const queue = createBackgroundQueue({ concurrency: 1, capacity: 1, onError: unexpected });
  const [running, waiting, late] = [gate(), gate(), gate()];
  await queue.add(running.task);
  await queue.add(waiting.task);
  let accepted = false;
  const adding = queue.add(late.task).then(() => (accepted = true));
  await Promise.resolve();
  expect(accepted).toBe(false);
  running.finish();
  await adding;
  expect(waiting.started()).toBe(true);
  waiting.finish();
  late.finish();
  await queue.drain();
});

test('a task that fails is reported and does not stop the others', async () => {
  const errors: unknown[] = [];
  const queue = createBackgroundQueue({
    concurrency: 1,
    capacity: 10,
    onError: (error) => errors.push(error),
  });
  let done = false;
  await queue.add(() => Promise.reject(new Error('lost')));
  await queue.add(async () => {
    done = true;
  });
  await queue.drain();
  expect(errors).toEqual([new Error('lost')]);
  expect(done).toBe(true);
});

test('an idle queue is drained', async () => {
  const queue = createBackgroundQueue({ concurrency: 1, capacity: 1, onError: unexpected });
  await expect(queue.drain()).resolves.toBeUndefined();
});
