/**
 * Preloaded into the process that is measured, hence into each of its threads: answers whoever asks
 * what its thread's heap holds, as it is or once garbage is collected. Nothing of it runs in between.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import { heapAnswers, heapQuestions, type HeapAnswer, type HeapQuestion } from './heap-channels.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

if (!isMainThread) {
  const questions = new BroadcastChannel(heapQuestions);
  const answers = new BroadcastChannel(heapAnswers);
  questions.addEventListener('message', (event) => {
    const { data } = event as unknown as { readonly data: HeapQuestion };
    // Twice: what finalizers let go of in the first is collected by the second.
    if (data === 'collected') collectGarbage();
    if (data === 'collected') collectGarbage();
    const { used_heap_size: heapBytes, external_memory: externalBytes } = getHeapStatistics();
    const answer: HeapAnswer = { heapBytes, externalBytes };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    answers.postMessage(answer);
  });
  // The thread ends when its work does.
  (questions as unknown as { unref(): void }).unref();
  (answers as unknown as { unref(): void }).unref();
}
