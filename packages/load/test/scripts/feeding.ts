import { defineLoad, feeder } from '@amdahl/load';

const accounts = feeder.csv('data/accounts.csv', { mode: 'unique' });
const words = feeder.json<{ readonly word: string }>('data/words.json');
const numbers = feeder.generate((index) => ({ id: index }));
const colours = feeder.rows(['red', 'blue'], { mode: 'random' });

export default defineLoad({
  users: {
    fed: {
      tasks: {
        sign: async (user) => {
          const { id } = numbers.next(user);
          const { word } = words.next(user);
          const colour = colours.next(user);
          await user.http.get(`/n/${id}?word=${word}&colour=${colour}`, { name: '/n' });
          const { name = '' } = accounts.next(user);
          await user.http.get(`/account?name=${encodeURIComponent(name)}`);
        },
      },
    },
    other: { tasks: { visit: ({ http }) => http.get('/other') } },
  },
});
