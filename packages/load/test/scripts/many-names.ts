import { defineLoad } from '@amdahl/load';

let page = 0;

export default defineLoad({
  users: {
    visitor: {
      tasks: {
        'view another page': async ({ http, check }) => {
          const path = `/${(page += 1)}`;
          await http.head(path);
          const reply = await http.get(path);
          check('the body is whole', reply.text() === 'hello');
        },
      },
    },
  },
});
