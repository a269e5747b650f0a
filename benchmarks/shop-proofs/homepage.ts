/** People who look at the homepage, and at nothing else. */
import { defineLoad, uniform, type UserKind } from '@amdahl/load';

const visitor: UserKind = {
  thinkTime: uniform('20ms', '100ms'),
  tasks: { 'view homepage': ({ http }) => http.get('/') },
};

export default defineLoad({ users: { visitor } });
