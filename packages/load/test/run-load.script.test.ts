import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { coordinate } from '../src/coordinate.ts';
import { systemLimits } from '../src/worker/watch.ts';
import { httpServer } from './support/http-server.ts';
import { checkedRun, Enough, histogram, requestNamed, script } from './support/run.ts';

test('plays the storefront: kinds, weights, state, checks, names and headers', async () => {
  const kinds = new Set<unknown>();
  const logins: string[] = [];
  const enough = new Enough(40);
  const baseUrl = await httpServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    request.on('end', () => {
      kinds.add(request.headers['x-kind']);
      if (request.url === '/login') {
        logins.push(body);
        response.end(JSON.stringify({ name: body }));
      } else if (request.url === '/orders') {
        enough.saw();
        response.statusCode = 201;
        response.end(JSON.stringify({ name: (JSON.parse(body) as { by: string }).by }));
      } else if (request.url?.startsWith('/search') === true) {
        response.end(request.url === '/search?q=%C3%A4%20b' ? 'grün' : 'nothing');
      } else {
        response.statusCode = request.url === '/missing' ? 404 : 200;
        response.end();
      }
    });
  });
  const result = await checkedRun({
    baseUrl,
    workers: 2,
    scenario: script('storefront.ts'),
    profile: { model: 'closed', users: 8, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.counts.taskErrors).toBe(0);
  expect(result.requests.map((request) => request.name).sort()).toEqual([
    'GET /',
    'GET /products/:id',
    'GET /search',
    'HEAD /missing',
    'POST /login',
    'POST /orders',
  ]);
  expect(kinds).toEqual(new Set(['shopper', undefined]));
  // Every fourth user is a robot; indices are dealt over both workers.
  expect(logins).toHaveLength(6);
  expect(new Set(logins).size).toBe(6);
  const homepage = requestNamed(result, 'GET /').count;
  expect(homepage).toBeGreaterThan(requestNamed(result, 'GET /products/:id').count);
  const orders = requestNamed(result, 'POST /orders').count;
  const checks = new Map(result.checks.map((check) => [check.name, check]));
  expect(checks.get('the order is created')).toMatchObject({ passed: orders, failed: 0 });
  expect(checks.get('it is ours')?.failed).toBe(0);
  expect(checks.get('something is found')?.failed).toBe(0);
  expect(checks.get('nothing is missing')).toMatchObject({ passed: 0 });
  expect(checks.get('nothing is missing')?.failed).toBeGreaterThan(0);
});

test('lets each user draw the same tasks again with the same seed', async () => {
  const runs: string[][] = [];
  for (const seed of [1, 1, 2]) {
    const paths: string[] = [];
    const enough = new AbortController();
    const baseUrl = await httpServer((request, response) => {
      paths.push(request.url ?? '');
      if (paths.length === 12) enough.abort();
      response.end('{"name":"x"}');
    });
    await checkedRun({
      baseUrl,
      seed,
      scenario: script('storefront.ts'),
      profile: { model: 'closed', users: 1, duration: '1h' },
      signal: enough.signal,
    });
    runs.push(paths.slice(0, 12));
  }
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).not.toEqual(runs[0]);
});

test('goes on when tasks throw, await nothing or ask for what cannot be sent', async () => {
  let atOnce = 0;
  let mostAtOnce = 0;
  const visits = new Map<string, number>();
  const enough = new Enough(4);
  const baseUrl = await httpServer((request, response) => {
    const path = request.url ?? '';
    const visit = (visits.get(path) ?? 0) + 1;
    visits.set(path, visit);
    if (visit === 5) enough.saw();
    const forgotten = path === '/forgetful';
    if (forgotten) mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    setImmediate(() => {
      if (forgotten) atOnce -= 1;
      response.end();
    });
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('misbehaving.ts'),
    profile: { model: 'closed', users: 7, duration: '1h' },
    signal: enough.signal,
  });
  for (const path of ['/good', '/throwing', '/forgetful', '/rude']) {
    expect(requestNamed(result, `GET ${path}`).count).toBeGreaterThan(1);
  }
  expect(mostAtOnce).toBeLessThanOrEqual(2);
  expect(result.counts.taskErrors).toBeGreaterThan(4);
  const samples = result.taskErrorSamples ?? [];
  expect(samples.length).toBeLessThanOrEqual(10);
  const file = expect.stringContaining('misbehaving.ts') as string;
  const byTask = new Map(samples.map((sample) => [sample.task, sample]));
  expect(byTask.get('broken / start')).toMatchObject({
    message: 'Error: cannot log in',
    file,
    line: 26,
  });
  expect(byTask.get('foreign / visit')?.message).toContain('Expected a path');
});

test('reads replies right under more names than are kept', async () => {
  const enough = new Enough(1_100);
  const baseUrl = await httpServer((request, response) => {
    enough.saw();
    response.setHeader('Content-Length', 5);
    response.end(request.method === 'HEAD' ? '' : 'hello');
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('many-names.ts'),
    profile: { model: 'closed', users: 4, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.counts).toMatchObject({ failed: 0, taskErrors: 0 });
  expect(result.checks).toMatchObject([{ failed: 0 }]);
  expect(result.requests).toHaveLength(501);
  expect(requestNamed(result, '* (other)').count).toBeGreaterThan(500);
});

test('names the place of an error in a task', async () => {
  const enough = new Enough(3);
  const baseUrl = await httpServer((_, response) => {
    enough.saw();
    response.end();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('throwing.ts'),
    profile: { model: 'closed', users: 1, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.counts.taskErrors).toBeGreaterThan(0);
  expect(result.taskErrorSamples?.[0]).toEqual({
    task: 'visitor / visit',
    message: 'TypeError: no such thing',
    file: expect.stringContaining('throwing.ts') as string,
    line: 9,
  });
});

const badScripts: Record<string, { text: string; line?: number; message: string }> = {
  'a syntax error': {
    text: 'export default {\n  users: ;\n',
    line: 2,
    message: 'Expression expected',
  },
  'an error on import': {
    text: 'const n: number = 42;\n\nthrow new Error(`no ${n}`);\n',
    line: 3,
    message: 'Error: no 42',
  },
  'an enum, which type stripping does not take': {
    text: 'enum Color {\n  Red,\n}\n',
    line: 1,
    message: 'enum is not supported',
  },
  'an import of nothing': { text: "import './absent.ts';\n", message: 'Cannot find module' },
  'a top-level await that never settles': {
    text: 'await new Promise(() => {});\n',
    message: 'never settles',
  },
  'no default export': { text: 'export const users = {};\n', message: 'found none' },
  'no users': {
    text: 'export default { users: {} };\n',
    message: 'at least one kind of user in `users`; found an object with nothing in it',
  },
  'no tasks': {
    text: 'export default { users: { visitor: { tasks: {} } } };\n',
    message: 'at least one task in users.visitor.tasks',
  },
  'a negative weight': {
    text: 'export default { users: { a: { tasks: { b: { weight: -1, run() {} } } } } };\n',
    message: 'a weight above 0 for users.a.tasks."b"; found -1',
  },
  'a task that is no function': {
    text: "export default { users: { a: { tasks: { b: 'GET /' } } } };\n",
    message: 'found "GET /"',
  },
  'a think time that is no distribution': {
    text: "export default { users: { a: { thinkTime: '1s', tasks: { b() {} } } } };\n",
    message: 'a distribution as users.a.thinkTime; found "1s"',
  },
  'a start that is no function': {
    text: 'export default { users: { a: { start: 1, tasks: { b() {} } } } };\n',
    message: 'a function as users.a.start; found 1',
  },
};

test.each(Object.entries(badScripts))(
  'refuses a script with %s',
  async (_, { text, line, message }) => {
    const folder = await mkdtemp(join(tmpdir(), 'amdahl-load-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'script.ts');
    await writeFile(file, text);
    const baseUrl = await httpServer((_, response) => void response.end());
    await expect(
      checkedRun({
        baseUrl,
        scenario: { kind: 'script', file },
        profile: { model: 'closed', users: 1, duration: 100 },
      }),
    ).rejects.toMatchObject({
      code: 'AMDAHL_LOAD_BAD_SCRIPT',
      message: expect.stringContaining(message) as string,
      details: line === undefined ? { file } : { file, line },
    });
  },
);

test('refuses a script that does not exist', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  await expect(
    checkedRun({
      baseUrl,
      scenario: script('no-such-file.ts'),
      profile: { model: 'closed', users: 1, duration: 100 },
    }),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_BAD_SCRIPT' });
});

test('ends a run whose task loops without awaiting, naming the task', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  await expect(
    coordinate(
      {
        baseUrl,
        scenario: script('looping.ts'),
        profile: { model: 'closed', users: 2, duration: '1h' },
      },
      { ...systemLimits, silenceMs: 2_000 },
    ),
  ).rejects.toMatchObject({
    code: 'AMDAHL_LOAD_WORKER_BLOCKED',
    details: { worker: 0, task: 'visitor / count forever' },
  });
});

test('ends a run whose script loops when it is imported', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  await expect(
    coordinate(
      {
        baseUrl,
        scenario: script('looping-import.ts'),
        profile: { model: 'closed', users: 2, duration: '1h' },
      },
      { ...systemLimits, readyMs: 5_000 },
    ),
  ).rejects.toMatchObject({
    code: 'AMDAHL_LOAD_WORKER_BLOCKED',
    message: expect.stringContaining('the import of the script') as string,
  });
});

test.each([
  ['exiting.ts', { worker: 0, exitCode: 7 }],
  ['crashing.ts', { worker: 0, file: expect.stringContaining('crashing.ts') as string, line: 9 }],
])('reports a worker that dies of %s', async (name, details) => {
  const baseUrl = await httpServer((_, response) => void response.end());
  await expect(
    checkedRun({
      baseUrl,
      workers: 2,
      scenario: script(name),
      profile: { model: 'closed', users: 1, duration: '1h' },
    }),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_WORKER_DIED', details });
});

test('times only what belongs to the wire: a slow task is no slow request', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  const result = await checkedRun({
    baseUrl,
    scenario: script('pausing.ts'),
    profile: { model: 'closed', users: 1, duration: 600 },
  });
  const { responseTime, count } = requestNamed(result, 'GET /');
  expect(count).toBeGreaterThan(0);
  expect(histogram(responseTime).valueAtPercentile(50)).toBeLessThan(200_000);
});
