import { defineLoad } from '@amdahl/load';

export default defineLoad({
  users: { visitor: { tasks: { 'view page': ({ http }) => http.get('/') } } },
});
