import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that drive load at the shop and judge what it met: nothing else may run beside them. */
const measured = ['test/shop-walk.test.ts', 'test/demo.test.ts'];

export default defineConfig({
  // Packages are tested from source, unbuilt.
  ssr: { resolve: { conditions: ['@amdahl/source'] } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
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
