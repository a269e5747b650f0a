import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { runLoad } from '../src/run-load.ts';
import type { LoadResult } from '../src/result.ts';
import { httpServer } from './support/http-server.ts';
import { checkedRun, Enough, getRequests, requestNamed, script } from './support/run.ts';

function expectChecksPassed(result: LoadResult, count: number): void {
  expect(result.taskErrorSamples).toEqual([]);
  expect(result.checks.filter((check) => check.failed > 0)).toEqual([]);
  expect(result.checks).toHaveLength(count);
}

test('follows redirects, each a request of its own', async () => {
  const enough = new Enough(3);
  let seen = 0;
  const baseUrl = await httpServer((request, response) => {
    seen += 1;
    const url = new URL(request.url ?? '', 'http://x');
    const to = (status: number, location: string): void =>
      void response.writeHead(status, { location }).end('moved');
    const answer = (body: string): void => {
      const cookie = request.headers.cookie?.replace('name=', '') ?? 'nobody';
      const deeper = /^\/deeper\/(\d+)$/.exec(url.pathname)?.[1];
      if (url.pathname === '/login') {
        response.setHeader('Set-Cookie', 'name=ada');
        to(302, 'home');
      } else if (url.pathname === '/moved') to(Number(url.searchParams.get('status')), '/there');
      else if (url.pathname === '/loop') to(302, `http://${request.headers.host}/back`);
      else if (url.pathname === '/back') to(302, '/loop');
      else if (deeper !== undefined) to(302, `/deeper/${Number(deeper) + 1}`);
      else if (url.pathname === '/away') to(302, 'http://other.example/');
      else {
        response.setHeader('X-Method', request.method ?? '');
        response.end(`${request.method} ${request.url} ${cookie} ${body}`);
        if (url.pathname === '/over') enough.saw();
      }
    };
    text(request).then(answer, () => response.destroy());
  });
  const result = await checkedRun({
    baseUrl,
    redirects: 10,
    scenario: script('redirected.ts'),
    profile: { model: 'closed', users: 1, duration: '1h' },
    signal: enough.signal,
  });
  expectChecksPassed(result, 8);
  expect(result.counts.started).toBe(seen);
  expect(requestNamed(result, 'GET /moved (redirect)').count).toBe(3);
  expect(requestNamed(result, 'GET /deeper/:n (redirect)').statuses).toEqual({ 0: 3, 302: 3 });
  expect(requestNamed(result, 'GET /back').errorDetails).toEqual({ 'redirect redirect-loop': 3 });
  expect(requestNamed(result, 'GET /away').failed).toBe(3);
});

test('sends forms with files, and signs users in', async () => {
  const enough = new Enough(3);
  const baseUrl = await httpServer((request, response) => {
    if (request.url === '/who') {
      response.end(request.headers.authorization);
      return;
    }
    if (request.url === '/over') enough.saw();
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const answer = async (form: FormData): Promise<void> => {
      const file = form.get('file');
      if (!(file instanceof File)) {
        response.end();
        return;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      const text = ['title', 'count'].map((name) => form.get(name) as string);
      response.end([...text, file.name, file.type, bytes.join(',')].join(' '));
    };
    new Response(request as never, { headers }).formData().then(answer, () => response.destroy());
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('uploading.ts'),
    profile: { model: 'closed', users: 1, duration: '1h' },
    signal: enough.signal,
  });
  expectChecksPassed(result, 4);
  expect(requestNamed(result, 'POST /upload').statuses).toHaveProperty('200');
});

test.each([-1, 1.5, 1_000])('refuses %d redirects', async (redirects) => {
  await expect(
    runLoad({
      baseUrl: 'http://127.0.0.1:9',
      redirects,
      scenario: getRequests('/'),
      profile: { model: 'closed', users: 1, duration: 100 },
    }),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_BAD_OPTIONS' });
});
