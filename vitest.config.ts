import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Commands, workers, apps and agents are started from source by the hundred. What Node compiled of
 * them, types stripped, is kept from one process to the next: half the CPU time of a start.
 */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

/** Tests that drive load at the shop and judge what it met: nothing else may run beside them. */
const measured = ['test/shop-walk.test.ts', 'test/demo.test.ts'];

export default defineConfig({
  // Packages are tested from source, unbuilt.
  ssr: { resolve: { conditions: ['@amdahl/source'] } },
  test: {
    // Beyond this a test hangs: on a loaded machine a start of several processes takes a quarter of it.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: [
            'packages/*/test/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...measured],
          // They start servers, databases and browsers: two at a time is what two cores carry.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'measured',
          include: measured,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
