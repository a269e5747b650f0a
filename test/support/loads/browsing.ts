/** Hurried people who look at every page of the shop and order nothing. */
import { defineLoad, defineUser, uniform, weighted } from '@amdahl/load';
import { categories, materials } from '../../../examples/shop/src/database/words.ts';

interface Facts {
  readonly products: number;
}

const nouns = categories.flatMap((category) => category.nouns);

const visitor = defineUser({
  thinkTime: uniform('50ms', '250ms'),
  start: async ({ http }): Promise<Facts> => (await http.get('/api/about')).json<Facts>(),
  tasks: {
    'view homepage': weighted(3, ({ http }) => http.get('/')),
    // The first products are the popular ones, with hundreds of reviews.
    'view product': weighted<Facts>(3, ({ http, random, state }) => {
      const product = random.integer(1, random.next() < 0.4 ? 40 : state.products);
      return http.get(`/products/${product}`, { name: '/products/:id' });
    }),
    search: weighted(3, ({ http, random }) =>
      http.get(`/search?q=${random.pick(materials)}%20${random.pick(nouns)}`, { name: '/search' }),
    ),
    // These customers have a few dozen orders each.
    'look at the orders': weighted(3, ({ http, random }) =>
      http.get(`/users/${random.integer(500, 5_000)}/orders`, { name: '/users/:id/orders' }),
    ),
    // The first customers have bought the most, which is what recommendations go by.
    'visit the account': weighted(4, ({ http, random }) =>
      http.get(`/users/${random.integer(1, 50)}`, { name: '/users/:id' }),
    ),
    'browse reviews': async ({ http }) => {
      const oldest = /<a href="([^"]+)" rel="last"/.exec((await http.get('/reviews')).text())?.[1];
      await http.get(oldest ?? '/reviews', { name: '/reviews (oldest)' });
    },
    'read the sales report': ({ http, random }) =>
      http.get(`/reports/sales?year=${random.integer(2021, 2025)}`, { name: '/reports/sales' }),
  },
});

export default defineLoad({ users: { visitor } });
