import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: {
    waiter: {
      tasks: {
        wait: async ({ ws }) => {
          const socket = await ws.connect('/chat');
          await socket.receive();
          socket.send('silence');
          await socket.receive();
        },
      },
    },
  },
});
