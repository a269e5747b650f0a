import { AsyncLocalStorage } from 'node:async_hooks';

type BackgroundTask = () => Promise<void>;

/**
 * Work done after the reply, in this process. Bounded: when the queue is full, `add` waits for
 * room, so a flood of orders slows orders down instead of filling the memory. What is queued when
 * the process is killed is lost.
 */
export interface BackgroundQueue {
  /** Settles when the task has a place in the queue, not when it is done. */
  add(task: BackgroundTask): Promise<void>;
  /** Settles when nothing is queued or running. */
  drain(): Promise<void>;
}

export interface BackgroundOptions {
  /** Tasks that run at the same time. */
  readonly concurrency: number;
  /** Tasks that may wait. */
  readonly capacity: number;
  readonly onError: (error: unknown) => void;
}

export function createBackgroundQueue(options: BackgroundOptions): BackgroundQueue {
  // Tasks run in the context the queue was made in: they belong to no request.
  const outsideRequests = AsyncLocalStorage.snapshot();
  const waiting: BackgroundTask[] = [];
  /** Resumes one `add` that found the queue full. */
  const blocked: (() => void)[] = [];
  const idle: (() => void)[] = [];
  let running = 0;

  function next(): void {
    while (running < options.concurrency) {
      const task = waiting.shift();
      if (task === undefined) break;
      blocked.shift()?.();
      running += 1;
      void run(task);
    }
    if (running === 0 && waiting.length === 0) for (const resume of idle.splice(0)) resume();
  }

  async function run(task: BackgroundTask): Promise<void> {
    try {
      await outsideRequests(task);
    } catch (error) {
      options.onError(error);
    }
    running -= 1;
    next();
  }

  return {
    add: async (task) => {
      while (waiting.length >= options.capacity) {
        await new Promise<void>((resolve) => blocked.push(resolve));
      }
      waiting.push(task);
      next();
    },
    drain: () =>
      new Promise((resolve) => {
        idle.push(resolve);
        next();
      }),
  };
}
