import { randomBytes } from 'node:crypto';
import { loadErrors } from '../load-errors.ts';
import type { TickListener } from '../worker/worker-handle.ts';
import {
  keysOf,
  leaderExpiryMs,
  leaderRenewalMs,
  loadVersion,
  offersKey,
  type Offer,
  type Order,
  type RemoteAssignment,
  type RemoteReport,
  type RunKeys,
} from './protocol.ts';
import { clockOffsetMs, connectRedis, hear, nowEpochMs, tell, type Redis } from './redis.ts';
import { RemoteWorker } from './remote-worker.ts';
import { packScript } from './shipped-script.ts';

/** Workers on other machines, which wait at a Redis for something to do (`serveWorker`). */
export interface RemoteWorkers {
  /** `redis://user:password@host:6379/0` */
  readonly redisUrl: string;
  /** Workers the run is divided among; it starts when as many are there. */
  readonly machines: number;
  /** How long they are waited for. @default 30_000 */
  readonly waitMs?: number;
}

const defaultWaitMs = 30_000;
const readBlockMs = 250;

/** The machines of one run, from the offer of its shares to the removal of its keys. */
export class Machines {
  readonly #redis: Redis;
  readonly #reader: Redis;
  readonly #keys: RunKeys;
  readonly #run: string;
  readonly #workers = new Map<number, RemoteWorker>();
  readonly #offers: string[] = [];
  #renewal: NodeJS.Timeout | undefined;
  #listening: Promise<void> = Promise.resolve();
  #ended = false;

  private constructor(redis: Redis, reader: Redis) {
    this.#redis = redis;
    this.#reader = reader;
    this.#run = randomBytes(8).toString('hex');
    this.#keys = keysOf(this.#run);
  }

  /** @throws `AMDAHL_LOAD_REDIS_UNREACHABLE`, `AMDAHL_LOAD_REDIS_REFUSED` */
  static async connect({ redisUrl }: RemoteWorkers): Promise<Machines> {
    const redis = await connectRedis(redisUrl);
    try {
      return new Machines(redis, await connectRedis(redisUrl));
    } catch (error) {
      redis.destroy();
      throw error;
    }
  }

  /**
   * Offers the shares and waits until every one is taken.
   *
   * @throws `AMDAHL_LOAD_TOO_FEW_MACHINES`, `AMDAHL_LOAD_VERSION_MISMATCH`, `AMDAHL_LOAD_BAD_SCRIPT`,
   * or the signal's reason
   */
  async gather(
    { waitMs = defaultWaitMs }: RemoteWorkers,
    of: number,
    assignment: RemoteAssignment['assignment'],
    onTick: (worker: number) => TickListener,
    signal: AbortSignal | undefined,
  ): Promise<readonly RemoteWorker[]> {
    const { scenario } = assignment;
    const script = scenario.kind === 'script' ? await packScript(scenario.file) : null;
    const redis = this.#redis;
    const offsetMs = await clockOffsetMs(redis);
    const remote: RemoteAssignment = { assignment, of, script };
    await redis.set(this.#keys.assignment, JSON.stringify(remote), {
      expiration: { type: 'PX', value: leaderExpiryMs },
    });
    for (const key of [this.#keys.orders, this.#keys.reports]) {
      // oxlint-disable-next-line no-await-in-loop -- two
      await redis.xAdd(key, '*', { json: '{"type":"open"}' });
    }
    await this.#renew();
    this.#renewal = setInterval(() => void this.#renew().catch(() => {}), leaderRenewalMs);
    const untilMs = nowEpochMs() + offsetMs + waitMs;
    for (let index = 0; index < of; index += 1) {
      const offer: Offer = { run: this.#run, index, version: loadVersion, untilMs };
      // oxlint-disable-next-line no-await-in-loop -- in order
      this.#offers.push(await redis.xAdd(offersKey, '*', { json: JSON.stringify(offer) }));
    }
    const all = Promise.withResolvers<void>();
    const abort = (): void => all.reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    const timer = setTimeout(() => all.reject(this.#tooFew(of, waitMs)), waitMs);
    this.#listening = this.#listen((message) => {
      if (message.type === 'open') return;
      if (message.type === 'refused') return all.reject(refusedBy(message));
      if (message.type !== 'joined') return this.#workers.get(message.index)?.hear(message);
      const { index, machine } = message;
      const order = (given: Order): void => this.#order(given);
      const place = { index, machine, clockOffsetMs: offsetMs };
      this.#workers.set(index, new RemoteWorker(place, order, onTick(index)));
      if (this.#workers.size === of) all.resolve();
    });
    try {
      await all.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
    return [...this.#workers.values()].sort((a, b) => a.index - b.index);
  }

  /** Takes all keys of the run away; workers still at it notice, and stop. */
  async end(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#renewal);
    await this.#listening;
    try {
      const { assignment, orders, reports } = this.#keys;
      await this.#redis.del([assignment, orders, reports]);
      if (this.#offers.length > 0) await this.#redis.xDel(offersKey, this.#offers);
    } catch {
      // The keys expire by themselves.
    } finally {
      this.#redis.destroy();
      this.#reader.destroy();
    }
  }

  #order(order: Order): void {
    // An order that gets lost shows as a silent worker, or as its keys' end.
    void tell(this.#redis, this.#keys.orders, order).catch(() => {});
  }

  async #renew(): Promise<void> {
    const { assignment, orders, reports } = this.#keys;
    await Promise.all(
      [assignment, orders, reports].map((key) => this.#redis.pExpire(key, leaderExpiryMs)),
    );
  }

  /** Reads what the workers say, and trims what was read. */
  async #listen(onMessage: (message: RemoteReport) => void): Promise<void> {
    let lastId = '0';
    while (!this.#ended) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one read after the other
        const heard = await hear<RemoteReport>(
          this.#reader,
          this.#keys.reports,
          lastId,
          readBlockMs,
        );
        for (const { id, message } of heard) {
          lastId = id;
          onMessage(message);
        }
        // The last one stays, so that the stream does.
        // oxlint-disable-next-line no-await-in-loop -- see above
        if (heard.length > 0) await this.#redis.xTrim(this.#keys.reports, 'MINID', lastId);
      } catch {
        // Redis went away. It is asked again; workers unheard meanwhile count as silent.
        // oxlint-disable-next-line no-await-in-loop -- a pause
        await new Promise((resolve) => setTimeout(resolve, readBlockMs));
      }
    }
  }

  #tooFew(of: number, waitMs: number): Error {
    return loadErrors.create('AMDAHL_LOAD_TOO_FEW_MACHINES', {
      expected: `${of} workers within ${waitMs / 1_000} s`,
      found: `${this.#workers.size}`,
      next: 'Start `amdahl worker <the same Redis URL>` on the other machines, or ask for fewer with --machines.',
      details: { expected: of, found: this.#workers.size },
    });
  }
}

function refusedBy(message: Extract<RemoteReport, { type: 'refused' }>): Error {
  return loadErrors.create('AMDAHL_LOAD_VERSION_MISMATCH', {
    expected: `workers of version ${loadVersion}`,
    found: `version ${message.version} on ${message.machine}`,
    next: 'Install the same version on all machines.',
    details: { machine: message.machine, version: message.version },
  });
}
