import { defineLoad, defineUser, uniform, weighted } from '@amdahl/load';

interface Identity {
  readonly name: string;
}

export default defineLoad({
  users: {
    shopper: defineUser({
      weight: 3,
      thinkTime: uniform('1ms', '5ms'),
      headers: { 'X-Kind': 'shopper' },
      start: async ({ http, index }): Promise<Identity> => {
        const reply = await http.post('/login', { form: { user: index } });
        return reply.json();
      },
      tasks: {
        'view homepage': weighted(3, ({ http }) => http.get('/')),
        'view product': weighted(1, ({ http, random }) =>
          http.get(`/products/${random.integer(1, 1000)}?from=list`, { name: '/products/:id' }),
        ),
        'create order': async ({ http, check, state, pause }) => {
          await pause('1ms');
          const reply = await http.post('/orders', { json: { by: state.name, product: 1 } });
          check('the order is created', reply.status === 201);
          check('it is ours', reply.json<Identity>().name === state.name);
        },
      },
    }),
    robot: {
      tasks: {
        search: async ({ http, check }) => {
          const [found, missing] = await Promise.all([
            http.get('/search?q=ä b'),
            http.head('/missing'),
          ]);
          check('something is found', found.ok && found.text() === 'grün');
          check('nothing is missing', missing.ok);
        },
      },
    },
  },
});
