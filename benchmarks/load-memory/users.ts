import { constant, defineLoad, weighted } from '@amdahl/load';

/** Users with a cookie each, who take ten seconds to read a page. */
export default defineLoad({
  users: {
    shopper: {
      thinkTime: constant('10s'),
      tasks: {
        'view homepage': weighted(3, async ({ http, check }) => {
          const reply = await http.get('/shop/');
          check('homepage', reply.status === 200);
        }),
        'view product': async ({ http, random, check }) => {
          const path = `/shop/products/${random.integer(1, 1000)}`;
          const reply = await http.get(path, { name: '/shop/products/:id' });
          check('product', reply.status === 200);
        },
        'create order': async ({ http, check }) => {
          const reply = await http.post('/shop/orders', { json: { productId: 1, quantity: 2 } });
          check('order', reply.status === 201 && reply.json<{ id: number }>().id === 1);
        },
      },
    },
  },
});
