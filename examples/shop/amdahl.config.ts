import { defineConfig } from 'amdahl';

export default defineConfig({
  app: 'node src/main.ts',
  url: 'http://127.0.0.1:3000/',
  readyPath: '/healthz',
  // The first start seeds a million orders.
  readyTimeout: '3m',
  script: 'users.ts',
  profile: { model: 'closed', users: 15, rampUp: '3s', warmup: '5s', duration: '30s' },
  objectives: { default: 'p95 < 500ms', 'GET /': 'p95 < 300ms', errors: '< 1%' },
});
