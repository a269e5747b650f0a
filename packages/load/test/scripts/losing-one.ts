import { workerData } from 'node:worker_threads';
import { defineLoad } from '@amdahl/load';

/** After this many requests the worker with share 1 is lost. */
const requestsBefore = 500;
const { share, scenario } = workerData as {
  readonly share: { readonly index: number };
  readonly scenario: { readonly file: string };
};
let requests = 0;

/** In the worker with share 1 crashes, or blocks when the file's address says so. */
export default defineLoad({
  users: {
    visitor: {
      tasks: {
        visit: async ({ http, pause }) => {
          await http.get('/');
          requests += 1;
          if (share.index === 1 && requests === requestsBefore) {
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
