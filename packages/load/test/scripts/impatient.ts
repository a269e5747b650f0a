import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    visitor: { tasks: { wait: ({ http }) => http.get('/silent', { timeoutMs: 30 }) } },
  },
});
