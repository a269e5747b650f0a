import { defineLoad } from '@amdahl/load';

/** Talks over WebSockets, some of them broken. */
export default defineLoad({
  users: {
    chatter: {
      headers: { 'X-Kind': 'chatter' },
      tasks: {
        chat: async ({ http, ws, check }) => {
          await http.get('/login');
          const socket = await ws.connect('/chat?room=1', { protocols: ['chat'] });
          const welcome = await socket.receive();
          check('the cookie and headers arrive', welcome.text() === 'name=ada chatter');
          socket.send('grün');
          socket.send(Uint8Array.of(1, 2));
          const [first, second] = [await socket.receive(), await socket.receive()];
          check('text comes back', first.text() === 'grün');
          check('bytes come back', second.bytes().join(',') === '1,2');
          socket.send('silence');
          const silence = await socket.receive({ timeoutMs: 20 });
          check('silence ends', silence.error === 'timeout');
          socket.send('leave');
          const gone = await socket.receive();
          check('the end is told', gone.error === 'reset' && !socket.open && !socket.send('x'));
          check('again', (await socket.receive()).error === 'reset');
          const refused = await ws.connect('/refused', { name: '/no' });
          check('a refusal is told', !refused.open && refused.error === 'protocol');
          const plain = await ws.connect('/plain');
          check('no WebSocket', plain.errorDetail === 'status 200');
          const failed = (error: Error): string => error.name + error.message;
          const twice = await ws.connect('/chat', { protocols: ['a', 'a'] }).catch(failed);
          check('protocols are checked', typeof twice === 'string');
          const split = await ws.connect('/chat', { headers: { A: 'b\r\nC: d' } }).catch(failed);
          check('headers are checked', typeof split === 'string' && split.includes('header'));
          const open = await ws.connect('/chat', { name: '/open' });
          open.send('over');
          // Not awaited, and the task waits for it all the same.
          void open
            .receive()
            .then(() => open.receive())
            .then(() => open.close());
        },
      },
    },
  },
});
