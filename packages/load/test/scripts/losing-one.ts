import { workerData } from 'node:worker_threads';
import { defineLoad } from '@amdahl/load';

/** So long after its first visit the worker with share 1 is lost: it told of a whole second. */
const lostAfterMs = 2_000;
const { share, scenario } = workerData as {
  readonly share: { readonly index: number };
  readonly scenario: { readonly file: string };
};
let firstMs = Infinity;
let isLost = false;

/** In the worker with share 1 crashes, or blocks when the file's address says so. */
export default defineLoad({
  users: {
    visitor: {
      tasks: {
        visit: async ({ http, pause }) => {
          await http.get('/');
          firstMs = Math.min(firstMs, performance.now());
          if (share.index === 1 && !isLost && performance.now() >= firstMs + lostAfterMs) {
            isLost = true;
            if (scenario.file.includes('blocking')) for (;;);
            setImmediate(() => {
              throw new Error('out of nowhere');
            });
          }
          await pause('5ms');
        },
      },
    },
  },
});
