/** People who page through the reviews, from the newest to the oldest. */
import { defineLoad, uniform, type UserKind } from '@amdahl/load';

const reader: UserKind = {
  thinkTime: uniform('20ms', '100ms'),
  tasks: {
    'browse reviews': async ({ http }) => {
      const oldest = /<a href="([^"]+)" rel="last"/.exec((await http.get('/reviews')).text())?.[1];
      await http.get(oldest ?? '/reviews', { name: '/reviews (oldest)' });
    },
  },
};

export default defineLoad({ users: { reader } });
