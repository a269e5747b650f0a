import { createRequire } from 'node:module';
import type WebSocket from 'ws';
import type { Alarm, Alarms } from '../alarms.ts';
import type { ConnectionContext } from '../http/connection-context.ts';
import { dial } from '../http/dial.ts';
import type { WireError, WireErrorDetail } from '../http/exchange.ts';
import type { RequestComposer } from '../http/request-composer.ts';
import { maxKeptBodyBytes } from '../http/response-framer.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { LoadSocket, SocketClient, SocketOptions } from '../script.ts';
import type { ClientListener } from '../users/script-client.ts';
import { defaultTimeoutMs, UserExchange, type Session } from '../users/session.ts';
import { ScriptSocket } from './script-socket.ts';

/** Status of a handshake that succeeded. */
const switchingProtocols = 101;

type WebSocketClass = new (
  url: string,
  protocols: readonly string[],
  options: WebSocket.ClientOptions,
) => WebSocket;

/** What the sockets of one user share. */
export interface SocketSurroundings {
  readonly connections: ConnectionContext;
  readonly alarms: Alarms;
  readonly nowMs: () => number;
  readonly session: Session;
  readonly composer: RequestComposer;
  readonly recorder: Recorder;
  readonly listener: ClientListener;
}

/** One user's WebSockets, through the library `ws`; it is loaded by the first to need it. */
export class ScriptSocketClient implements SocketClient {
  /** Handshakes and awaited messages under way. */
  inFlight = 0;
  readonly around: SocketSurroundings;
  readonly #sockets = new Set<WebSocket>();
  #abandoned = false;

  constructor(around: SocketSurroundings) {
    this.around = around;
  }

  connect(path: string, options: SocketOptions = {}): Promise<LoadSocket> {
    return new Promise((resolve) => {
      const { session, composer, nowMs, listener, alarms } = this.around;
      const target = composer.target(path);
      const name = options.name ?? target.replace(/\?.*/s, '');
      const exchange = this.exchange(`${name} connect`, options.timeoutMs, target);
      const headers = composer.handshakeHeaders(session.cookieHeader(target), options.headers);
      exchange.sentMs = nowMs();
      let accepted = false;
      // What cannot be asked for throws here, before anything is counted.
      const socket = this.#open(target, options.protocols ?? [], headers, () => (accepted = true));
      if (!session.begin(exchange, exchange.sentMs)) {
        socket.terminate();
        listener.parked();
        return;
      }
      this.inFlight += 1;
      const ended = new ScriptSocket(this, socket, name);
      let deadline: Alarm | undefined;
      const settle = (error?: WireError, detail?: WireErrorDetail): void => {
        if (deadline === undefined || this.#abandoned) return;
        alarms.cancel(deadline);
        deadline = undefined;
        if (error !== undefined) ended.fail(error, detail);
        this.settle(exchange, nowMs(), error, detail);
        resolve(ended);
        listener.replied();
      };
      deadline = alarms.at(exchange.sentMs + exchange.timeoutMs, () => {
        settle('timeout', 'no-reply-in-time');
        socket.terminate();
      });
      socket.on('upgrade', (reply) => (exchange.setCookies = reply.headers['set-cookie'] ?? []));
      socket.on('open', () => {
        exchange.status = switchingProtocols;
        settle();
      });
      socket.on('unexpected-response', (_request, reply) => {
        exchange.status = reply.statusCode ?? 0;
        exchange.setCookies = reply.headers['set-cookie'] ?? [];
        ended.fail('protocol', `status ${exchange.status}`);
        // A status of failure is counted as such; any other is no reply to a handshake.
        if (exchange.status >= 400) settle();
        else settle('protocol', 'no-upgrade');
        socket.terminate();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === undefined) settle('protocol', 'bad-handshake');
        else settle(accepted ? 'reset' : 'connect', error.code);
      });
    });
  }

  /** An exchange of this client's sockets, not begun. */
  exchange(name: string, timeoutMs: number = defaultTimeoutMs, target = ''): UserExchange {
    const { session, recorder } = this.around;
    const stats = recorder.stats('WS', name);
    return new SocketExchange(session, stats, 'WS', target, '', timeoutMs, false);
  }

  settle(
    exchange: UserExchange,
    doneMs: number,
    error: WireError | undefined,
    detail: WireErrorDetail | undefined,
  ): void {
    exchange.doneMs = doneMs;
    exchange.error = error;
    exchange.errorDetail = detail;
    this.inFlight -= 1;
    exchange.settled();
  }

  /** Closes all sockets; what is under way will not settle. */
  abandon(): void {
    this.#abandoned = true;
    for (const socket of this.#sockets) {
      socket.removeAllListeners('message').removeAllListeners('close');
      socket.terminate();
    }
    this.#sockets.clear();
  }

  #open(
    target: string,
    protocols: readonly string[],
    headers: Readonly<Record<string, string>>,
    accepted: () => void,
  ): WebSocket {
    const { connections } = this.around;
    const { secure, hostHeader } = connections.endpoint;
    const { WebSocket } = createRequire(import.meta.url)('ws') as { WebSocket: WebSocketClass };
    const socket = new WebSocket(`${secure ? 'wss' : 'ws'}://${hostHeader}${target}`, protocols, {
      headers,
      perMessageDeflate: false,
      maxPayload: maxKeptBodyBytes,
      createConnection: () => dial(connections, accepted, { ALPNProtocols: ['http/1.1'] }),
    });
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Heard by those who wait; without them it must not end the worker.
    socket.on('error', () => undefined);
    return socket;
  }
}

class SocketExchange extends UserExchange {
  protected override over(): void {
    // The socket that made it tells the user.
  }
}
