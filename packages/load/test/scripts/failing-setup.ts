import { defineLoad } from '@amdahl/load';

export default defineLoad({
  setup: () => {
    throw new TypeError('no database');
  },
  users: { visitor: { tasks: { visit: ({ http }) => http.get('/') } } },
});
