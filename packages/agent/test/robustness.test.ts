import { afterEach, expect, test } from 'vitest';
import { startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';

const fixture = 'hardy.ts';
const served = { status: 200, body: 'served' };
const clean: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of clean.splice(0)) await close();
});

async function openHub(): Promise<Hub> {
  const hub = await new Hub().open();
  clean.push(() => hub.close());
  return hub;
}

async function start(hubPath: string | null): Promise<App> {
  const app = await startApp(fixture, { hubPath });
  clean.push(() => app.stop());
  return app;
}

test('a hub that vanishes costs the app nothing, and finds it again when it is back', async () => {
  const hub = await openHub();
  const app = await start(hub.path);
  const { process } = await hub.next('hello');
  await hub.begin();
  expect(await app.get('/before')).toEqual(served);
  await hub.vanish();
  for (let request = 0; request < 5; request += 1) expect(await app.get('/gone')).toEqual(served);
  await hub.open();
  const again = await hub.next('hello');
  expect(again.process.pid).toBe(process.pid);
  expect((await hub.next('listening')).port).toBe(Number(new URL(app.url).port));
  const { routes } = await hub.collect();
  expect(routes.map(({ route, count }) => [route, count])).toEqual([
    ['/before', 1],
    ['/gone', 5],
  ]);
  expect(app.stderr()).toBe('');
});

test('what the hub says and the agent does not understand is ignored', async () => {
  const hub = await openHub();
  const app = await start(hub.path);
  await hub.next('hello');
  const lines = ['', 'garbage', '{', 'null', '42', '"begin"', '[]', '{}', '{"type":"dance"}'];
  hub.sendRaw(`${lines.join('\n')}\n`);
  hub.sendRaw(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]));
  hub.sendRaw('{"type":"collect","id":7');
  hub.sendRaw('7}\n');
  expect((await hub.next('snapshot')).id).toBe(77);
  hub.sendRaw(`${'x'.repeat(3_000_000)}\n`);
  expect(await app.get('/')).toEqual(served);
  expect((await hub.collect()).routes).toMatchObject([{ route: '/', count: 1 }]);
  expect(app.stderr()).toBe('');
});

test('a request it cannot fulfil is answered as failed', async () => {
  const hub = await openHub();
  await start(hub.path);
  await hub.next('hello');
  hub.sendRaw('{"type":"profile","id":5}\n');
  const { id, message } = await hub.next('failed');
  expect(id).toBe(5);
  expect(message).not.toBe('');
  // The next one is taken all the same.
  hub.send({ type: 'profile', id: 6, durationMs: 1, intervalUs: 1_000 });
  expect((await hub.next('cpu-profile')).id).toBe(6);
});

test('an instrument that throws is counted, then switched off, and the app never sees it', async () => {
  const hub = await openHub();
  const app = await start(hub.path);
  await hub.next('hello');
  expect(await app.get('/break-instruments?count=3')).toEqual(served);
  expect((await hub.collect()).dropped).toEqual({
    'failures:undici': 3,
    'failures:fastify': 3,
  });
  expect((await app.get('/fetch-myself')).body).toBe('servedserved');
  expect((await hub.collect()).calls).toHaveLength(1);
  expect(await app.get('/break-instruments?count=100')).toEqual(served);
  await hub.begin();
  expect((await app.get('/fetch-myself')).body).toBe('servedserved');
  const { routes, calls, dropped } = await hub.collect();
  expect(dropped).toEqual({ 'failures:undici': 10, 'failures:fastify': 10 });
  expect(calls).toEqual([]);
  expect(routes.map(({ route }) => route).toSorted()).toEqual(['/', '/fetch-myself']);
  expect(app.stderr()).toBe('');
});

test('a process with nothing left to do ends, though the hub is there', async () => {
  const hub = await openHub();
  const app = await start(hub.path);
  await hub.next('hello');
  expect(await app.get('/finish')).toEqual(served);
  expect(await app.exited).toBe(0);
  expect(app.stderr()).toBe('');
});

test.each([
  ['a socket that is not there', '/nonexistent/amdahl.sock'],
  ['no socket', ''],
  ['a path no socket can have', `/tmp/${'x'.repeat(300)}`],
])('an app told of %s runs and ends by itself', async (_, path) => {
  const app = await start(path);
  expect(await app.get('/')).toEqual(served);
  expect(await app.get('/finish')).toEqual(served);
  expect(await app.exited).toBe(0);
  expect(app.stderr()).toBe('');
});
