/** Programs that read the homepage again and again, for what the shop keeps of each reply. */
import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: { program: { tasks: { 'read the homepage': ({ http }) => http.get('/') } } },
});
