import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    visitor: {
      tasks: {
        'two steps': async ({ http }) => {
          await http.get('/first');
          await http.get('/second');
        },
      },
    },
  },
});
