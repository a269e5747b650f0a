import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { agentSocketVariable } from '../../src/protocol.ts';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface AppOptions {
  /** Where the agent reports to; null runs the app without the agent. */
  readonly hubPath: string | null;
  readonly env?: Readonly<Record<string, string>>;
}

/** A fixture running in a process of its own. */
export interface App {
  readonly url: string;
  /** Resolves with the exit code once the process has ended. */
  readonly exited: Promise<number | null>;
  /** What it wrote to stderr so far. */
  readonly stderr: () => string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  post(path: string, body: string): Promise<Reply>;
  stop(): Promise<void>;
}

/** Path of a fixture, such as `orders.ts`. */
export function fixturePath(fixture: string): string {
  return fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
}

/** The only line of a fixture that contains the text, from 1 on. */
export function lineOf(fixture: string, content: string): number {
  const lines = readFileSync(fixturePath(fixture), 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(content) ? [index + 1] : []));
  if (found.length !== 1) throw new Error(`${found.length} lines of ${fixture} have "${content}".`);
  return found[0] as number;
}

/** Starts a fixture and waits until it has told its port, on stdout. */
export async function startApp(fixture: string, options: AppOptions): Promise<App> {
  const { NODE_OPTIONS: _, [agentSocketVariable]: __, ...env } = process.env;
  const flags = ['--conditions=@amdahl/source'];
  if (options.hubPath !== null) flags.push('--import', '@amdahl/agent');
  const child = spawn(process.execPath, [...flags, fixturePath(fixture)], {
    cwd: packageFolder,
    env: {
      ...env,
      ...(options.hubPath === null ? {} : { [agentSocketVariable]: options.hubPath }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  const firstLine = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const port = await Promise.race([firstLine, exited.then(() => null)]);
  if (port === null) throw new Error(`${fixture} did not start: ${stderr}`);
  const url = `http://127.0.0.1:${port[0]}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });

  const send = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Reply> => {
    const request = httpRequest(`${url}${path}`, { method, headers, agent });
    request.end(body);
    const [response] = await once(request, 'response');
    return { status: response.statusCode, body: await text(response) };
  };

  return {
    url,
    exited,
    stderr: () => stderr,
    get: (path, headers = {}) => send('GET', path, headers),
    post: (path, body) => send('POST', path, { 'content-type': 'application/json' }, body),
    stop: async () => {
      agent.destroy();
      child.kill('SIGKILL');
      await exited;
    },
  };
}
