/** People of the warehouse: they book deliveries and look up orders. */
import { defineLoad, defineUser, uniform } from '@amdahl/load';

interface Facts {
  readonly products: number;
  readonly customers: number;
}

/** Products on a delivery note. */
const noteLength = 20;

const worker = defineUser({
  thinkTime: uniform('50ms', '150ms'),
  start: async ({ http }): Promise<Facts> => (await http.get('/api/about')).json<Facts>(),
  tasks: {
    'book a delivery': ({ http, random, state }) => {
      const products = Array.from({ length: noteLength }, () => ({
        productId: random.integer(1, state.products),
        quantity: random.integer(1, 10),
      }));
      return http.post('/deliveries', { json: { products } });
    },
    // There are several orders for each customer: this many ids are taken.
    'look up an order': ({ http, random, state }) =>
      http.get(`/api/orders/${random.integer(1, state.customers)}`, { name: '/api/orders/:id' }),
  },
});

export default defineLoad({ users: { worker } });
