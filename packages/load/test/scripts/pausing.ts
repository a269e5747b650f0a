import { constant, defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    visitor: {
      tasks: {
        visit: async ({ http, pause }) => {
          await pause(constant('200ms'));
          await http.get('/');
        },
      },
    },
  },
});
