import { defineLoad } from '@amdahl/load';

/** Follows redirects of every kind and checks where each led. */
export default defineLoad({
  users: {
    visitor: {
      tasks: {
        visit: async ({ http, check }) => {
          const login = await http.post('/login', { json: { name: 'ada' } });
          check('the login leads home with its cookie', login.text() === 'GET /home ada ');
          const put = await http.put('/moved?status=308', { body: 'kept' });
          check('308 repeats method and body', put.text() === 'PUT /there ada kept');
          const post = await http.post('/moved?status=303', { body: 'lost', name: '/moved' });
          check('303 asks with GET', post.text() === 'GET /there ada ');
          const head = await http.head('/moved?status=301');
          check('HEAD stays HEAD', head.status === 200 && head.headers['x-method'] === 'HEAD');
          const plain = await http.get('/moved?status=302', { redirects: 0 });
          check('a redirect is a reply', plain.status === 302 && plain.error === undefined);
          const loop = await http.get('/loop');
          check('a loop ends', loop.status === 0 && loop.errorDetail === 'redirect-loop');
          const deep = await http.get('/deeper/0', { redirects: 2, name: '/deeper/:n' });
          check('the limit ends it', deep.errorDetail === 'too-many-redirects');
          const away = await http.get('/away');
          check('no other origin', away.errorDetail === 'redirect-to-other-origin');
          await http.get('/over');
        },
      },
    },
  },
});
