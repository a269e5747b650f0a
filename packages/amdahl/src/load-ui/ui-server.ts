import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAmdahlError } from '@amdahl/metrics';
import { workbenchErrors } from '../workbench-errors.ts';
import { livePage, liveUpdate } from './live-page.ts';
import type { LiveRun } from './live-run.ts';

/** Updates come no more often than this: a chart is drawn anew with each. */
const updateIntervalMs = 500;
const maxBodyBytes = 1_024;

/**
 * Serves the live page on this machine alone. Its address holds a secret, and requests that name
 * another host or come from another page are refused, so that no web site can reach it.
 */
export class UiServer {
  readonly #run: LiveRun;
  readonly #baseUrl: string;
  readonly #onClose: () => void;
  readonly #secret = randomBytes(16).toString('hex');
  readonly #listeners = new Set<ServerResponse>();
  readonly #server: Server;
  #timer: NodeJS.Timeout | undefined;

  constructor(run: LiveRun, baseUrl: string, onClose: () => void) {
    this.#run = run;
    this.#baseUrl = baseUrl;
    this.#onClose = onClose;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        const status = isAmdahlError(error) ? 400 : 500;
        response.writeHead(status, { 'content-type': 'text/plain' }).end(String(error));
      });
    });
  }

  /**
   * Starts listening and answers with the address of the page.
   *
   * @throws `AMDAHL_CLI_BAD_USAGE` when the port is taken
   */
  async listen(port: number): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
        expected: 'a free port as --ui',
        found: (cause as Error).message,
        next: 'Choose another port, or leave it out for a free one.',
        cause,
      });
    }
    return `http://127.0.0.1:${this.#port}/${this.#secret}/`;
  }

  /** Tells all open pages, soon, that something changed. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, updateIntervalMs);
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#tell();
    for (const listener of this.#listeners) listener.end();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #tell(): void {
    if (this.#listeners.size === 0) return;
    const data = JSON.stringify(liveUpdate(this.#run));
    for (const listener of this.#listeners) listener.write(`data: ${data}\n\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    const { host = '', origin } = request.headers;
    const own = origin === undefined || hosts.some((each) => origin === `http://${each}`);
    const [, secret, action = ''] = (request.url ?? '').split('/');
    if (!hosts.includes(host) || !own || secret !== this.#secret) {
      response.writeHead(403).end('This page is for whoever started it.');
      return;
    }
    if (request.method === 'POST') await this.#act(action, request, response);
    else this.#show(action, request, response);
  }

  #show(action: string, request: IncomingMessage, response: ServerResponse): void {
    if (action === '') {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
        .end(livePage(this.#run, this.#baseUrl));
    } else if (action === 'events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`data: ${JSON.stringify(liveUpdate(this.#run))}\n\n`);
      this.#listeners.add(response);
      request.on('close', () => this.#listeners.delete(response));
    } else if (action === 'result.json' && this.#run.last !== undefined) {
      const { result, verdict } = this.#run.last;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ result, verdict }, null, 2));
    } else {
      response.writeHead(404).end();
    }
  }

  async #act(action: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    switch (action) {
      case 'start':
        this.#run.start();
        break;
      case 'stop':
        void this.#run.stop();
        break;
      case 'users':
        this.#run.setUsers(Number((JSON.parse(body) as { users?: unknown }).users));
        break;
      case 'close':
        response.on('finish', this.#onClose);
        break;
      default:
        response.writeHead(404).end();
        return;
    }
    response.writeHead(204).end();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    if (text.length > maxBodyBytes) return '{}';
  }
  return text === '' ? '{}' : text;
}
