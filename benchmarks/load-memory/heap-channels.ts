export const heapQuestions = 'amdahl-benchmark-heap-questions';
export const heapAnswers = 'amdahl-benchmark-heap-answers';

/** Whether garbage is collected first. */
export type HeapQuestion = 'as-it-is' | 'collected';

/** What a thread's heap holds. */
export interface HeapAnswer {
  readonly heapBytes: number;
  /** Memory outside the heap that lives as long as objects in it: buffers. */
  readonly externalBytes: number;
}
