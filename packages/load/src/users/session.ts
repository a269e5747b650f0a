import type { Alarms } from '../alarms.ts';
import { CookieJar } from '../http/cookie-jar.ts';
import type { ConnectionContext } from '../http/connection-context.ts';
import type { WireError, WireErrorDetail } from '../http/exchange.ts';
import type { Transport } from '../http/transport.ts';
import type { RecordedExchange, Recorder } from '../measure/recorder.ts';
import type { RequestStats } from '../measure/request-stats.ts';
import type { Lateness } from './virtual-user.ts';

/** Time a request may take when nothing else was asked for. */
export const defaultTimeoutMs = 30_000;

/** What all users of a worker share. */
export interface UserContext {
  readonly connections: ConnectionContext;
  /** Opens what carries a user's exchanges. */
  readonly openTransport: () => Transport;
  readonly recorder: Recorder;
  readonly alarms: Alarms;
  readonly nowMs: () => number;
  /** Whether the schedule, not the replies, decides when requests should be sent: the open model. */
  readonly scheduled: boolean;
}

/**
 * One user's side of the wire: connections, cookies, and the times its requests are intended for.
 *
 * In the closed model a request is intended when the user's task asks for it. In the open model the
 * schedule says when a task starts, and a late task, or a late reply within one, must not move what
 * follows: that would leave the stall out of the figures (coordinated omission). So the session
 * keeps the user's slip, the time it is behind its schedule, and a request is intended for the
 * moment it is asked for less the slip. A task starts with the slip of its own start: the wait for a
 * free user plus the generator's lag. Each reply then sets it to what the reply's response time
 * exceeded the usual time of its name by (`RequestStats.usualMs`), following Gil Tene's rule that a
 * dependent request is intended at its parent's intended start plus the parent's expected response
 * (https://github.com/HdrHistogram/HdrHistogram/issues/148). Pauses of the task itself move what
 * follows. Until a name's usual time is known, its replies count as usual.
 */
export class Session {
  readonly #context: UserContext;
  readonly #transport: Transport;
  readonly #jar: CookieJar;
  #slipMs = 0;
  #lagMs = 0;

  constructor(context: UserContext) {
    this.#context = context;
    this.#transport = context.openTransport();
    const { hostName, secure } = context.connections.endpoint;
    this.#jar = new CookieJar(hostName, secure);
  }

  startTask(lateness: Lateness): void {
    this.#slipMs = lateness.slipMs;
    this.#lagMs = lateness.lagMs;
  }

  cookieHeader(target: string): string {
    return this.#jar.header(target);
  }

  /**
   * Sends a request that was asked for at this time, now when absent; answers false, and sends
   * nothing, when its time is after the end of the run.
   */
  send(exchange: UserExchange, askedMs: number = this.#context.nowMs()): boolean {
    if (!this.begin(exchange, askedMs)) return false;
    this.#transport.send(exchange);
    return true;
  }

  /** When the schedule wanted what is done now. */
  intendedMs(): number {
    return this.#context.nowMs() - this.#slipMs;
  }

  /** Whether what is asked for now comes after the end of the run. */
  isOver(): boolean {
    return this.#context.recorder.isOver(this.intendedMs());
  }

  /**
   * Counts an exchange that was asked for at this time as begun; answers false, and counts nothing,
   * when its time is after the end of the run.
   */
  begin(exchange: UserExchange, askedMs: number): boolean {
    const { recorder } = this.#context;
    exchange.intendedMs = askedMs - this.#slipMs;
    exchange.readyMs = askedMs - this.#lagMs;
    if (recorder.isOver(exchange.intendedMs)) return false;
    this.#lagMs = 0;
    recorder.begin(exchange);
    return true;
  }

  /** One of its exchanges is over. */
  settled(exchange: UserExchange): void {
    if (exchange.setCookies.length > 0) this.#jar.store(exchange.setCookies, exchange.target);
    this.#context.recorder.end(exchange);
    if (this.#context.scheduled) {
      const responseMs = exchange.doneMs - exchange.intendedMs;
      this.#slipMs = Math.max(0, responseMs - (exchange.stats.usualMs ?? Infinity));
    }
  }

  abandon(): void {
    this.#transport.abandon();
  }
}

/** One request of a user, on the wire and in the records. */
export abstract class UserExchange implements RecordedExchange {
  readonly stats: RequestStats;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly wire: string | Buffer;
  readonly timeoutMs: number;
  readonly keepReply: boolean;
  intendedMs = 0;
  readyMs = 0;
  counted = false;
  sentMs = 0;
  doneMs = 0;
  status = 0;
  error: WireError | undefined = undefined;
  errorDetail: WireErrorDetail | undefined = undefined;
  receivedBytes = 0;
  setCookies: readonly string[] = noCookies;
  head = '';
  body = '';
  readonly #session: Session;

  constructor(
    session: Session,
    stats: RequestStats,
    method: string,
    target: string,
    wire: string | Buffer,
    timeoutMs: number,
    keepReply: boolean,
  ) {
    this.#session = session;
    this.stats = stats;
    this.method = method;
    this.target = target;
    this.wire = wire;
    this.timeoutMs = timeoutMs;
    this.keepReply = keepReply;
  }

  settled(): void {
    this.#session.settled(this);
    this.over();
  }

  /** Tells the user. */
  protected abstract over(): void;
}

const noCookies: readonly string[] = [];
