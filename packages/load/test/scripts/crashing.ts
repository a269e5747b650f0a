import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    visitor: {
      tasks: {
        crash: async ({ pause }) => {
          setImmediate(() => {
            throw new Error('out of nowhere');
          });
          await pause('1s');
        },
      },
    },
  },
});
