import { defineLoad } from '@amdahl/load';

export default defineLoad({ users: { visitor: { tasks: { leave: () => process.exit(7) } } } });
