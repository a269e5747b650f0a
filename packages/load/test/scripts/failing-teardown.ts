import { defineLoad } from '@amdahl/load';

export default defineLoad({
  teardown: async () => {
    await Promise.reject(new RangeError('not tidy'));
  },
  users: { visitor: { tasks: { visit: ({ http }) => http.get('/') } } },
});
