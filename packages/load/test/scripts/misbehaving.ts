import { defineLoad, type User } from '@amdahl/load';

/** Each kind of user misbehaves in its own way; the good one goes on. */
export default defineLoad({
  users: {
    good: { tasks: { visit: ({ http }) => http.get('/good') } },
    throwing: {
      tasks: {
        visit: async ({ http }) => {
          await http.get('/throwing');
          throw new TypeError('no such thing');
        },
      },
    },
    forgetful: {
      tasks: {
        'awaits nothing': ({ http }) => {
          void http.get('/forgetful');
          void http.get('/forgetful');
        },
      },
    },
    idle: { tasks: { nothing: () => undefined } },
    foreign: { tasks: { visit: ({ http }) => http.get('http://other.example/') } },
    broken: {
      start: () => Promise.reject(new Error('cannot log in')),
      tasks: { visit: ({ http }: User) => http.get('/never') },
    },
    rude: {
      tasks: {
        visit: async ({ http }) => {
          await http.get('/rude');
          // oxlint-disable-next-line no-throw-literal -- people do
          throw 'a string';
        },
      },
    },
  },
});
