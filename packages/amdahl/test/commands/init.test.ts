import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadResult } from '@amdahl/load';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CommandLine } from './amdahl.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
/** Not written out in scripts, so that nobody takes it for an import of this file. */
const k6 = { module: "'k6'", http: "'k6/http'" };
const page = '<a href="/products/1">a</a><a href="/products/2">b</a><a href="/about">c</a>';

/** Every script `init` wrote. */
const written: string[] = [];

let commandLine: CommandLine;
let url: string;
const seen: IncomingMessage[] = [];
const server = createServer((request, response) => {
  seen.push(request);
  response.setHeader('content-type', 'text/html').end(request.url === '/' ? page : '');
});

beforeEach(async () => {
  commandLine = await CommandLine.create();
  const packages = join(commandLine.directory, 'node_modules');
  await mkdir(join(packages, '@amdahl'), { recursive: true });
  await symlink(join(root, 'packages/load'), join(packages, '@amdahl/load'));
  await symlink(join(root, 'node_modules/@types'), join(packages, '@types'));
  await writeFile(join(commandLine.directory, 'package.json'), '{ "type": "module" }');
  seen.length = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await commandLine.end();
});

const put = (name: string, text: string): Promise<void> =>
  writeFile(join(commandLine.directory, name), text);

/** Writes a script, keeps it to be type-checked, and runs it. */
async function first(
  source: string,
): Promise<{ readonly text: string; readonly stderr: string; readonly result: LoadResult }> {
  const { stderr, stdout, exitCode } = await commandLine.run(['init', source]);
  expect([exitCode, stderr.match(/AMDAHL_\w+/)?.[0]]).toEqual([0, undefined]);
  expect(stdout).toMatch(/^Wrote users\.ts: \d+ tasks?\.\nNext: amdahl load users\.ts --url http/);
  const text = await readFile(join(commandLine.directory, 'users.ts'), 'utf8');
  written.push(text);
  const flags = ['--url', url, '--users', '20', '--duration', '2s', '--warmup', '0s', '--json'];
  const run = await commandLine.run(['load', 'users.ts', ...flags]);
  const { result } = JSON.parse(run.stdout) as { result: LoadResult };
  const { started, succeeded, failed, aborted, taskErrors } = result.counts;
  expect(started).toBe(succeeded + failed + aborted);
  expect(started).toBeGreaterThan(0);
  expect(taskErrors).toBe(0);
  return { text, stderr, result };
}

test('from a service that runs: its routes, with paths that were seen', async () => {
  const { text } = await first(`${url}/`);
  expect(text).toContain("thinkTime: uniform('1s', '5s')");
  expect(text).toMatch(
    /http\.get\(random\.pick\(productsIdPaths\), \{ name: '\/products\/:id' \}\)/,
  );
  expect(text).toContain("'view /about': ({ http }) => http.get('/about'),");
});

test('from a HAR file: the visit with its pauses, without secrets', async () => {
  const entry = (
    atSeconds: number,
    method: string,
    path: string,
    more: object = {},
    mimeType = 'text/html',
  ): object => ({
    startedDateTime: new Date(Date.UTC(2026, 0, 1) + atSeconds * 1_000).toISOString(),
    request: { method, url: `https://shop.example${path}`, headers: [], ...more },
    response: { content: { mimeType } },
  });
  const headers = [
    { name: 'Authorization', value: 'Bearer s3cret' },
    { name: 'Cookie', value: 'sid=s3cret' },
  ];
  const json = { mimeType: 'application/json', text: '{"productId":1,"note":"it\'s"}' };
  const form = { mimeType: 'application/x-www-form-urlencoded', text: 'q=a+b&page=2' };
  const entries = [
    entry(0, 'GET', '/'),
    entry(0.1, 'GET', '/app.js', {}, 'text/javascript'),
    entry(3, 'GET', '/products/17?from=list', { headers }),
    entry(3.2, 'POST', '/orders', { postData: json }),
    entry(3.4, 'POST', '/search', { postData: form }),
    {
      ...entry(4, 'GET', '/x'),
      request: { method: 'GET', url: 'https://cdn.example/x', headers: [] },
    },
  ];
  await put('visit.har', JSON.stringify({ log: { entries } }));
  const { text, stderr, result } = await first('visit.har');
  expect(text).not.toContain('s3cret');
  expect(text).toContain("auth: { bearer: process.env['TOKEN'] ?? 'not-set' }");
  expect(text).toContain("await pause(uniform('1.5s', '4.5s'));");
  expect(text).toContain("await http.get('/products/17?from=list', { name: '/products/:id' });");
  expect(text).toContain("json: { productId: 1, note: 'it\\'s' }");
  expect(text).toContain("form: { q: 'a b', page: '2' }");
  expect(stderr).toContain('1 request to other origins');
  expect(stderr).toContain('1 request for static files');
  expect(result.requests.map(({ name }) => name)).toContain('GET /');
});

test('from an OpenAPI document in YAML: operations with examples, deletions as comments', async () => {
  await put(
    'api.yaml',
    `openapi: 3.1.0
servers: [{ url: 'https://shop.example/api' }]
paths:
  /products/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 3 } }]
    get: {}
    delete: {}
  /orders:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
  /secrets/{key}:
    get: { parameters: [{ name: key, in: path, required: true, schema: { type: string } }] }
components:
  schemas:
    Order:
      type: object
      required: [quantity, to]
      properties:
        quantity: { type: integer, default: 2 }
        to: { type: string, format: email }
        note: { type: string }
`,
  );
  const { text } = await first('api.yaml');
  expect(text).toContain('weighted(5, ({ http }) =>');
  expect(text).toContain("http.get('/api/products/3', { name: '/api/products/:id' })");
  expect(text).toContain("json: { quantity: 2, to: 'someone@example.com' }");
  expect(text).toMatch(/\/\/ It deletes: .*\n *\/\/ 'DELETE \/api\/products\/:id'/);
  expect(text).toContain('// The document gives no example of its parameters.');
});

test('from a k6 script: requests, checks, pauses, options as flags', async () => {
  await put(
    'k6.js',
    `import http from ${k6.http};
import { check, sleep } from ${k6.module};
// http.get('/commented')
export const options = {
  vus: 7,
  duration: '30s',
  thresholds: { http_req_duration: ['p(95)<200'], http_req_failed: ['rate<0.01'] },
};
const BASE = __ENV.BASE;
export default function () {
  const res = http.get(\`\${BASE}/products?page=1\`, { tags: { name: '/products' } });
  check(res, { 'is ok': (r) => r.status === 200 });
  sleep(0.1);
  http.post('https://shop.example/orders', JSON.stringify({ productId: 1, tags: ['a'] }), {
    headers: { 'Content-Type': 'application/json' },
  });
  http.get(BASE + '/computed/' + Math.random());
}
`,
  );
  const { text, stderr } = await first('k6.js');
  expect(text).toContain("await http.get('/products?page=1', { name: '/products' });");
  expect(text).toContain("check('is ok', reply.status === 200);");
  expect(text).toContain("await pause('0.1s');");
  expect(text).toContain("json: { productId: 1, tags: ['a'] }");
  expect(text).not.toContain('commented');
  expect(stderr).toContain('Math.random()');
  const { stdout } = await commandLine.run(['init', 'k6.js', 'again.ts']);
  expect(stdout).toContain(
    "--users 7 --duration 30s --objective 'p95 < 200ms' --objective 'errors < 1%'",
  );
});

test('from a locustfile: users, weights, think time and requests', async () => {
  await put(
    'locustfile.py',
    `from locust import HttpUser, task, between

class Shopper(HttpUser):
    host = "https://shop.example"
    wait_time = between(0.1, 0.5)
    weight = 3

    def on_start(self):
        self.client.post("/login", data={"user": "ada", "ok": True})

    @task(3)
    def view_items(self):
        self.client.get("/items", name="/items")
        self.client.get(f"/items/{self.item}")

    @task
    def buy(self):
        with self.client.post(
            "/orders", json={"id": 1, "gift": None}, catch_response=True
        ) as response:
            pass
`,
  );
  const { text, stderr, result } = await first('locustfile.py');
  expect(text).toContain('Shopper: {');
  expect(text).toContain('weight: 3,');
  expect(text).toContain("thinkTime: uniform('0.1s', '0.5s')");
  expect(text).toContain(
    "start: ({ http }) => http.post('/login', { form: { user: 'ada', ok: 'true' } }),",
  );
  expect(text).toContain(
    "'view items': weighted(3, ({ http }) => http.get('/items', { name: '/items' })),",
  );
  expect(text).toContain(
    "buy: ({ http }) => http.post('/orders', { json: { id: 1, gift: null } }),",
  );
  expect(stderr).toContain('/items/{self.item}');
  expect(result.requests.map(({ name }) => name)).toContain('POST /login');
});

// All at once: the checker spends its time on the packages they import.
test('what was written passes a strict type check', async () => {
  expect(written.length).toBeGreaterThan(0);
  const names = written.map((_, index) => `users-${index + 1}.ts`);
  await Promise.all(names.map((name, index) => put(name, written[index] ?? '')));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const strict = ['--strict', '--noUncheckedIndexedAccess', '--noUnusedLocals', '--skipLibCheck'];
  const modules = ['--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  const sources = ['--allowImportingTsExtensions', '--customConditions', '@amdahl/source'];
  const checked = await promisify(execFile)(
    process.execPath,
    [tsc, '--noEmit', ...strict, ...modules, ...sources, ...names],
    { cwd: commandLine.directory },
  ).catch((error: { stdout: string }) => error);
  expect(checked.stdout).toBe('');
});

test.each([
  ['a file that is not there', 'missing.har', '', 'missing.har'],
  ['an empty file', 'a.har', ' \n', 'which is empty'],
  ['a HAR without entries', 'a.har', '{"log":{"entries":[]}}', 'requests for pages'],
  ['no HAR', 'a.har', '{"a":1}', 'log.entries'],
  ['broken JSON', 'a.har', '{"log":', 'JSON or YAML in a.har'],
  ['an OpenAPI document of nothing', 'a.yaml', 'openapi: 3.0.0\npaths: {}\n', '0 operations'],
  ['something else', 'a.txt', 'hello', 'a HAR file, an OpenAPI document'],
  ['a locustfile without tasks', 'a.py', 'import locust\n', 'HttpUser'],
  ['a k6 script without requests', 'a.js', `import { sleep } from ${k6.module};\n`, 'http.get'],
])('%s is refused', async (_, name, text, expected) => {
  if (text !== '') await put(name, text);
  const { exitCode, stderr } = await commandLine.run(['init', name]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(expected);
});

test('writes over nothing unless told to', async () => {
  await put('users.ts', 'mine');
  const refused = await commandLine.run(['init', `${url}/`]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('users.ts, which exists');
  expect(await readFile(join(commandLine.directory, 'users.ts'), 'utf8')).toBe('mine');
  const forced = await commandLine.run(['init', `${url}/`, '--force']);
  expect(forced.exitCode).toBe(0);
  const nobody = await commandLine.run(['init', 'http://127.0.0.1:1/', 'other.ts']);
  expect(nobody.exitCode).toBe(2);
  expect(nobody.stderr).toContain('no reply');
});
