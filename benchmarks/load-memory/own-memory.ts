import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { BroadcastChannel } from 'node:worker_threads';
import { heapAnswers, heapQuestions, type HeapAnswer, type HeapQuestion } from './heap-channels.ts';

/** Resident memory of this process. */
export function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

/** The heap of this process's worker thread; it must have been started with `probe.ts`. */
export async function workerHeap(question: HeapQuestion): Promise<HeapAnswer> {
  const questions = new BroadcastChannel(heapQuestions);
  const answers = new BroadcastChannel(heapAnswers);
  try {
    const answered = once(answers, 'message') as Promise<[{ readonly data: HeapAnswer }]>;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    questions.postMessage(question);
    const [{ data }] = await answered;
    return data;
  } finally {
    questions.close();
    answers.close();
  }
}
