/** Busy shoppers who visit every page of the shop, and order what is on sale. */
import { defineLoad, defineUser, uniform, weighted, type Random } from '@amdahl/load';
import { customerShift, popularRank, productShift } from './src/database/popularity.ts';
import { categories, materials, styles } from './src/database/words.ts';

interface Facts {
  readonly products: number;
  readonly customers: number;
}

/** The address of a product, popular ones more often. */
function productPath(random: Random, { products }: Facts): string {
  return `/products/${popularRank(random.next(), products, productShift)}`;
}

/** The address of a customer, frequent ones more often. */
function userPath(random: Random, { customers }: Facts): string {
  return `/users/${popularRank(random.next(), customers, customerShift)}`;
}

const nouns = categories.flatMap((category) => category.nouns);

/** Two words that stand next to each other in the names of products. */
function searchText(random: Random): string {
  const material = random.pick(materials);
  return random.next() < 0.5
    ? `${random.pick(styles)} ${material}`
    : `${material} ${random.pick(nouns)}`;
}

const shopper = defineUser({
  thinkTime: uniform('300ms', '900ms'),
  start: async ({ http }): Promise<Facts> => (await http.get('/api/about')).json<Facts>(),
  tasks: {
    'view homepage': weighted(6, ({ http }) => http.get('/')),
    'view product': weighted<Facts>(4, ({ http, random, state }) =>
      http.get(productPath(random, state), { name: '/products/:id' }),
    ),
    search: weighted(3, ({ http, random }) =>
      http.get(`/search?q=${encodeURIComponent(searchText(random))}`, { name: '/search' }),
    ),
    'look at the orders': weighted<Facts>(6, ({ http, random, state }) =>
      http.get(`${userPath(random, state)}/orders`, { name: '/users/:id/orders' }),
    ),
    'look at the orders in the app': weighted<Facts>(2, ({ http, random, state }) =>
      http.get(`/api${userPath(random, state)}/orders`, { name: '/api/users/:id/orders' }),
    ),
    'visit the account': weighted<Facts>(2, ({ http, random, state }) =>
      http.get(userPath(random, state), { name: '/users/:id' }),
    ),
    'create order': weighted<Facts>(5, async ({ http, random, state, check }) => {
      // Everybody wants the one product on sale.
      const userId = random.integer(1, state.customers);
      const reply = await http.post('/orders', { json: { productId: 1, quantity: 2, userId } });
      check('the order is created', reply.status === 201);
    }),
    'browse reviews': async ({ http, check }) => {
      const newest = await http.get('/reviews');
      const oldest = /<a href="([^"]+)" rel="last"/.exec(newest.text())?.[1];
      if (!check('the reviews lead to the oldest', oldest !== undefined)) return;
      await http.get(oldest ?? '', { name: '/reviews (oldest)' });
    },
    'read the sales report': ({ http, random }) =>
      http.get(`/reports/sales?year=${random.integer(2021, 2025)}`, { name: '/reports/sales' }),
  },
});

export default defineLoad({ users: { shopper } });
