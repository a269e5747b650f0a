import { defineLoad } from '@amdahl/load';

while (performance.now() > 0);

export default defineLoad({ users: {} });
