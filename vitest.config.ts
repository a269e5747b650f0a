import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Packages are tested from source, unbuilt.
  ssr: { resolve: { conditions: ['@amdahl/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Tests start servers, databases and browsers: two at a time is what two cores carry.
    maxWorkers: 2,
  },
});
