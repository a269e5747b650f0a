import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    waiter: {
      tasks: {
        wait: async ({ http, ws }) => {
          const socket = await ws.connect('/chat');
          // By then the greeting has arrived, so that it answers nothing.
          await http.get('/');
          socket.send('silence');
          await socket.receive();
          await socket.receive();
        },
      },
    },
  },
});
