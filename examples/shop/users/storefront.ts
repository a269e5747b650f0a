/** The plain storefront: people who look around and now and then buy. */
import { defineLoad, uniform, weighted } from '@amdahl/load';

export default defineLoad({
  users: {
    shopper: {
      thinkTime: uniform('1s', '5s'),
      tasks: {
        'view homepage': weighted(3, ({ http }) => http.get('/')),
        'view product': ({ http, random }) =>
          http.get(`/products/${random.integer(1, 100)}`, { name: '/products/:id' }),
        'create order': async ({ http, check }) => {
          const reply = await http.post('/orders', { json: { productId: 1, quantity: 2 } });
          check('the order is created', reply.status === 201);
        },
      },
    },
  },
});
