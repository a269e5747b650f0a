import { constant, defineLoad, sequence, weighted, type User } from '@amdahl/load';

interface Seed {
  readonly ids: readonly number[];
}

export default defineLoad({
  setup: async ({ http }): Promise<Seed> => {
    const reply = await http.post('/seed', { json: { products: 3 } });
    return { ids: reply.json<number[]>() };
  },
  teardown: ({ http, data }) => http.delete(`/seed?count=${data.ids.length}`),
  users: {
    shopper: {
      thinkTime: constant('2ms'),
      tasks: {
        buy: weighted(
          2,
          sequence(
            ({ http }) => http.get('/first'),
            ({ http, data, random }: User<unknown, Seed>) =>
              http.get(`/products/${data.ids[random.integer(0, 2)]}`, { name: '/products/:id' }),
            async ({ group, http, metrics, pause }) => {
              await group('checkout', async () => {
                await http.get('/cart');
                await pause('5ms');
                await http.post('/pay');
              });
              metrics.count('items', 3);
              metrics.record('basket', 12.5);
            },
          ),
        ),
      },
    },
  },
});
