import { defineLoad } from '@amdahl/load';

/** Sends a form with a file, as one user by name and password and another by token. */
export default defineLoad({
  users: {
    named: {
      auth: { user: 'ada', password: 'pä:ss' },
      tasks: {
        upload: async ({ http, check }) => {
          const multipart = {
            title: 'Grüße',
            count: 2,
            file: { filename: 'a.bin', type: 'image/png', bytes: Uint8Array.of(0, 13, 10, 255) },
          };
          const reply = await http.post('/upload', { multipart });
          check('the form arrived', reply.text() === 'Grüße 2 a.bin image/png 0,13,10,255');
          const own = await http.get('/who');
          check('the user signs in', own.text() === `Basic ${btoa('ada:p\u00c3\u00a4:ss')}`);
          const other = await http.get('/who', { auth: { bearer: 't0k.en' } });
          check('the request signs in', other.text() === 'Bearer t0k.en');
          const bad = await http
            .post('/upload', { multipart: { x: {} as never } })
            .catch((error: Error) => error.message);
          check(
            'a field that is none is refused',
            typeof bad === 'string' && bad.includes('multipart'),
          );
          // Not awaited, and the task waits for it all the same.
          void http.post('/over', { multipart: { a: 'b' } });
        },
      },
    },
  },
});
