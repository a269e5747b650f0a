import { expect, test } from 'vitest';
import { startApp } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';

test('cluster workers and child processes report by themselves, threads do not', async () => {
  const hub = await new Hub().open();
  const app = await startApp('cluster.ts', { hubPath: hub.path });
  try {
    const { process: primary } = await hub.next(
      'hello',
      ({ process }) => process.argv.length === 2,
    );
    const { process: child } = await hub.next(
      'hello',
      ({ process }) => process.argv[2] === 'child',
    );
    const serving = Number((await app.get('/')).body);
    const { process: worker } = await hub.next('hello', ({ process }) => process.pid === serving);
    expect([child.parentPid, worker.parentPid]).toEqual([primary.pid, primary.pid]);
    // The worker listens, whatever the primary does for it.
    expect((await hub.next('listening')).port).toBe(Number(new URL(app.url).port));
    const id = hub.nextId();
    hub.send({ type: 'collect', id });
    const counted = await Promise.all(
      [primary, child, worker].map(async ({ pid }) => {
        const answer = await hub.next(
          'snapshot',
          (message) => message.id === id && message.snapshot.process.pid === pid,
        );
        return answer.snapshot.routes.map(({ count }) => count);
      }),
    );
    expect(counted).toEqual([[], [], [1]]);
  } finally {
    await app.stop();
    await hub.close();
  }
});

test('a package manager that starts the app is left alone', async () => {
  const hub = await new Hub().open();
  const app = await startApp('npm/npm-cli.js', { hubPath: hub.path });
  try {
    // It started first, and would have been heard first.
    const { process } = await hub.next('hello');
    expect(process.argv[1]).toMatch(/hardy\.ts$/);
    expect((await app.get('/finish')).body).toBe('served');
    expect(await app.exited).toBe(0);
  } finally {
    await app.stop();
    await hub.close();
  }
});
