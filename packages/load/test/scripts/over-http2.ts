import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    visitor: {
      headers: { 'X-Kind': 'visitor' },
      tasks: {
        visit: async ({ http, check }) => {
          const login = await http.post('/login', { form: { name: 'ada' } });
          check('the login leads home', login.text() === 'GET ');
          const [first, second] = await Promise.all([
            http.put('/a', { body: 'grün' }),
            http.post('/b', { json: { b: 1 } }),
          ]);
          check('both arrive', first.text() === 'PUT grün' && second.text() === 'POST {"b":1}');
          const slow = await http.get('/over');
          check('the status is there', slow.status === 200 && 'date' in slow.headers);
        },
      },
    },
  },
});
