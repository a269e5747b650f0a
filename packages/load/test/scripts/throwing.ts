import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    visitor: {
      tasks: {
        visit: async ({ http }) => {
          await http.get('/');
          throw new TypeError('no such thing');
        },
      },
    },
  },
});
