import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    visitor: {
      tasks: {
        'count forever': async ({ http }) => {
          await http.get('/');
          for (;;);
        },
      },
    },
  },
});
