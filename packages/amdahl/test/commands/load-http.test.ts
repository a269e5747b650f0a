import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LoadResult } from '@amdahl/load';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../fixtures/certificate.ts';
import { CommandLine } from './amdahl.ts';

let commandLine: CommandLine;

beforeEach(async () => {
  commandLine = await CommandLine.create();
});

afterEach(async () => {
  await commandLine.end();
});

test('drives a service that asks for a certificate, over few connections', async () => {
  const certificate = selfSigned();
  const server = https.createServer(
    { ...certificate, ca: certificate.cert, requestCert: true },
    (request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/home' });
      response.end();
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const file = (name: string): string => join(commandLine.directory, name);
  await writeFile(file('cert.pem'), certificate.cert);
  await writeFile(file('key.pem'), certificate.key);
  await writeFile(
    file('users.mjs'),
    "export default { users: { v: { tasks: { t: ({ http }) => http.get('/') } } } };",
  );
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = ['load', 'users.mjs', '--url', url, '--users', '4', '--duration', '2s'];
  const pem = ['--ca', 'cert.pem', '--cert', 'cert.pem', '--key', 'key.pem'];
  const rest = ['--warmup', '0s', '--connections', '2', '--redirects', '1', '--json'];
  const { stdout } = await commandLine.run([...call, ...pem, ...rest]);
  const { result } = JSON.parse(stdout) as { result: LoadResult };
  const { started, succeeded, failed, aborted } = result.counts;
  expect(started).toBe(succeeded + failed + aborted);
  expect(succeeded).toBeGreaterThan(0);
  expect(failed).toBe(0);
  expect(result.generator.socketsOpened).toBe(2);
  expect(result.requests.map(({ name }) => name).sort()).toEqual(['GET /', 'GET /home']);
  const missing = await commandLine.run([...call, '--ca', 'none.pem']);
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('none.pem');
});
