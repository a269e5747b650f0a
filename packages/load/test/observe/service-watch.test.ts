import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ServiceWatch } from '../../src/observe/service-watch.ts';

const service = `
  const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  const untilMs = Date.now() + 90_000;
  (function spin() { if (Date.now() < untilMs) setImmediate(spin); else process.exit(); })();
`;

test.runIf(process.platform === 'linux')(
  'sees memory, CPU time and connections of the process that listens',
  async () => {
    const child = spawn(process.execPath, ['-e', service], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(text.toString());
    const watch = new ServiceWatch(`http://localhost:${port}/`);
    onTestFinished(() => watch.end());
    expect(watch.processes).toBe(1);
    await vi.waitFor(() => expect(watch.samples.length).toBeGreaterThan(0), { timeout: 30_000 });
    const sockets = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const before = watch.samples.length;
    await vi.waitFor(() => expect(watch.samples.length).toBeGreaterThan(before + 1), {
      timeout: 30_000,
    });
    const first = watch.samples[0];
    const last = watch.samples.at(-1);
    expect(first?.memoryBytes).toBeGreaterThan(10e6);
    expect(first?.busiestCpuShare).toBeGreaterThan(0.02);
    expect((last?.openFiles ?? 0) - (first?.openFiles ?? 0)).toBe(20);
    expect(last?.machineCpuShare).toBeGreaterThan(0);
  },
);

test('sees nothing of a service elsewhere, nor of itself', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  for (const url of [`http://127.0.0.1:${port}`, `http://example.test:${port}`]) {
    const watch = new ServiceWatch(url);
    watch.end();
    expect(watch.processes).toBe(0);
  }
});
