import type { RequestComposer } from '../http/request-composer.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { RequestStats } from '../measure/request-stats.ts';
import type { Random } from '@amdahl/metrics';
import type { RequestSpec } from '../run-load.ts';
import { WeightedDraw } from '../schedule/weighted-draw.ts';
import { defaultTimeoutMs, Session, UserExchange, type UserContext } from './session.ts';
import type { Lateness, UserListener, VirtualUser } from './virtual-user.ts';

/** A request of a list, ready to be sent but for cookies and trace context. */
interface PreparedRequest {
  readonly stats: RequestStats;
  readonly method: string;
  readonly weight: number;
  readonly composer: RequestComposer;
  readonly variants: readonly { readonly target: string; readonly prefix: string }[];
}

/** The requests users draw from when there is no script. */
export type RequestList = WeightedDraw<PreparedRequest>;

/** @throws `AMDAHL_LOAD_BAD_REQUEST` when one of them cannot be sent. */
export function prepareRequests(
  specs: readonly RequestSpec[],
  recorder: Recorder,
  composerFor: (headers: RequestSpec['headers']) => RequestComposer,
): RequestList {
  const prepared = specs.map((spec): PreparedRequest => {
    const composer = composerFor(spec.headers);
    const method = spec.method.toUpperCase();
    const prefixed = spec.name.startsWith(`${method} `);
    return {
      method,
      composer,
      weight: spec.weight,
      stats: recorder.stats(method, prefixed ? spec.name.slice(method.length + 1) : spec.name),
      variants: spec.paths.map((path) => {
        const target = composer.target(path);
        return { target, prefix: composer.prefix(method, target) };
      }),
    };
  });
  return new WeightedDraw(prepared, (request) => request.weight);
}

/** A user without a script: each task is one request drawn from a list, its reply not kept. */
export class RequestsUser implements VirtualUser {
  readonly #session: Session;
  readonly #listener: UserListener;
  readonly #requests: RequestList;
  readonly #random: Random;
  readonly #thinkTimeMs: number;

  constructor(
    context: UserContext,
    listener: UserListener,
    requests: RequestList,
    random: Random,
    thinkTimeMs: number,
  ) {
    this.#session = new Session(context);
    this.#listener = listener;
    this.#requests = requests;
    this.#random = random;
    this.#thinkTimeMs = thinkTimeMs;
  }

  perform(lateness: Lateness): void {
    const { stats, method, composer, variants } = this.#requests.draw(this.#random);
    const { target, prefix } = variants.length === 1 ? variants[0]! : this.#random.pick(variants);
    const wire = composer.complete(prefix, this.#session.cookieHeader(target));
    this.#session.startTask(lateness);
    const exchange = new ListedExchange(this, this.#session, stats, method, target, wire);
    // The slip was true when it was read: a pause of this thread since is the generator's own lag.
    if (!this.#session.send(exchange, lateness.readMs)) this.#listener.parked(this);
  }

  /** The request of the task is over. */
  over(): void {
    this.#listener.over(this);
  }

  thinkTimeMs(): number {
    return this.#thinkTimeMs;
  }

  abandon(): void {
    this.#session.abandon();
  }
}

class ListedExchange extends UserExchange {
  readonly #user: RequestsUser;

  constructor(
    user: RequestsUser,
    session: Session,
    stats: RequestStats,
    method: string,
    target: string,
    wire: string,
  ) {
    super(session, stats, method, target, wire, defaultTimeoutMs, false);
    this.#user = user;
  }

  protected override over(): void {
    this.#user.over();
  }
}
