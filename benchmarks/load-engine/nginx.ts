import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Core the server runs on; the generators get core 0. */
const serverCore = 1;

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** An nginx of our own: one process on one core, a small static reply from memory, no logs. */
export async function startNginx(): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'amdahl-nginx-'));
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  await writeFile(config, configOf(folder, port));
  const child = spawn('taskset', ['-c', `${serverCore}`, 'nginx', '-e', 'stderr', '-c', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}/`;
  const stop = async (): Promise<void> => {
    const exited = once(child, 'exit');
    if (child.kill('SIGTERM')) await exited;
    await rm(folder, { recursive: true });
  };
  try {
    await untilAnswering(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

function configOf(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    default_type text/html;
    location /shop/orders { default_type application/json; return 201 '{"id":1}'; }
    location /shop/ {
      add_header Set-Cookie "session=0123456789abcdef; Path=/";
      return 200 "<!doctype html><title>Shop</title><p>A small static reply.</p>";
    }
    location / { return 200 "<!doctype html><title>Small</title><p>A small static reply.</p>"; }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilAnswering(url: string): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  for (;;) {
    try {
      const reply = await fetch(url);
      await reply.text();
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
