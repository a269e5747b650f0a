/** Hurried people who order, most of them the product on sale: the same row of the stock. */
import { defineLoad, defineUser, uniform } from '@amdahl/load';

interface Facts {
  readonly products: number;
  readonly customers: number;
}

const customer = defineUser({
  thinkTime: uniform('100ms', '500ms'),
  start: async ({ http }): Promise<Facts> => (await http.get('/api/about')).json<Facts>(),
  tasks: {
    'create order': ({ http, random, state }) => {
      const productId = random.next() < 0.6 ? 1 : random.integer(2, state.products);
      const userId = random.integer(1, state.customers);
      return http.post('/orders', { json: { productId, quantity: 1, userId } });
    },
  },
});

export default defineLoad({ users: { customer } });
