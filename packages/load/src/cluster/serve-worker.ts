import { hostname } from 'node:os';
import { AmdahlError } from '@amdahl/metrics';
import { messageOf } from '../error-place.ts';
import { resolveEndpoint } from '../http/resolve-endpoint.ts';
import { loadErrors } from '../load-errors.ts';
import { ThreadWorker } from '../worker/thread-worker.ts';
import { systemLimits, Watch } from '../worker/watch.ts';
import {
  aliveIntervalMs,
  keysOf,
  loadVersion,
  offersGroup,
  offersKey,
  type Offer,
  type Order,
  type RemoteAssignment,
  type RemoteReport,
} from './protocol.ts';
import { clockOffsetMs, connectRedis, hear, nowEpochMs, tell, type Redis } from './redis.ts';
import { unpackScript } from './shipped-script.ts';

export interface ServeOptions {
  /** `redis://user:password@host:6379/0` */
  readonly redisUrl: string;
  /** Ends after one run. @default false */
  readonly once?: boolean;
  /** Ends it; a run under way is given up. */
  readonly signal?: AbortSignal;
  /** Hears what it is at. */
  readonly onEvent?: (event: string) => void;
}

const readBlockMs = 250;
/** Tells workers apart, several of one machine too. */
const machineName: string = `${hostname()}:${process.pid}`;

/**
 * Waits at Redis for shares of runs and performs them one after the other, one thread each, until
 * the signal ends it.
 *
 * @throws `AMDAHL_LOAD_REDIS_UNREACHABLE`, `AMDAHL_LOAD_REDIS_REFUSED`
 */
export async function serveWorker(options: ServeOptions): Promise<void> {
  const redis = await connectRedis(options.redisUrl);
  const reader = await connectRedis(options.redisUrl);
  try {
    await createGroup(redis);
    options.onEvent?.('waiting for a run');
    while (options.signal?.aborted !== true) {
      // oxlint-disable-next-line no-await-in-loop -- one share after the other
      const offer = await nextOffer(reader, redis).catch(async (error: unknown) => {
        if (messageOf(error).includes('NOGROUP')) await createGroup(redis);
        else await new Promise((resolve) => setTimeout(resolve, readBlockMs));
      });
      // oxlint-disable-next-line no-await-in-loop -- see above
      if (offer === undefined || !(await perform(offer, redis, reader, options))) continue;
      if (options.once === true) return;
      options.onEvent?.('waiting for a run');
    }
  } finally {
    redis.destroy();
    reader.destroy();
  }
}

async function createGroup(redis: Redis): Promise<void> {
  await redis
    .xGroupCreate(offersKey, offersGroup, '0', { MKSTREAM: true })
    .catch((error: unknown) => {
      if (!messageOf(error).includes('BUSYGROUP')) throw error;
    });
}

/** Undefined when none came for a while, or only one that nobody waits for any more. */
async function nextOffer(reader: Redis, redis: Redis): Promise<Offer | undefined> {
  const streams = (await reader.xReadGroup(
    offersGroup,
    machineName,
    { key: offersKey, id: '>' },
    { COUNT: 1, BLOCK: readBlockMs, NOACK: true },
  )) as readonly { messages: readonly { id: string; message: { json?: string } }[] }[] | null;
  const taken = streams?.[0]?.messages[0];
  if (taken === undefined) return undefined;
  await redis.xDel(offersKey, taken.id);
  const offer = JSON.parse(taken.message.json ?? 'null') as Offer;
  const redisMs = nowEpochMs() + (await clockOffsetMs(redis));
  return redisMs < offer.untilMs ? offer : undefined;
}

/** Whether there was such a run. */
async function perform(
  offer: Offer,
  redis: Redis,
  reader: Redis,
  { signal, onEvent }: ServeOptions,
): Promise<boolean> {
  const { index, run } = offer;
  const keys = keysOf(run);
  // Redis may be away for a while; what cannot be told shows on the other side as silence.
  const say = (message: RemoteReport): Promise<void> =>
    tell(redis, keys.reports, message).catch(() => {});
  if (offer.version !== loadVersion) {
    await say({ type: 'refused', index, machine: machineName, version: loadVersion });
    onEvent?.(`refused a run of version ${offer.version}; this is ${loadVersion}`);
    return false;
  }
  const text = await redis.get(keys.assignment);
  if (text === null) return false;
  const { assignment, of, script } = JSON.parse(text) as RemoteAssignment;
  onEvent?.(`share ${index + 1} of ${of} of the run ${run}`);
  await say({ type: 'joined', index, machine: machineName });
  const alive = setInterval(() => void say({ type: 'alive', index }), aliveIntervalMs);
  let unpacked: Awaited<ReturnType<typeof unpackScript>> | undefined;
  let thread: ThreadWorker | undefined;
  let watch: Watch | undefined;
  try {
    const offsetMs = await clockOffsetMs(redis);
    // Names may lead elsewhere from here, and so may the way.
    const { tls } = assignment.endpoint;
    const own = await resolveEndpoint(assignment.baseUrl);
    const endpoint = tls === undefined ? own : { ...own, tls };
    unpacked = script === null ? undefined : await unpackScript(script);
    const scenario =
      unpacked === undefined
        ? assignment.scenario
        : { kind: 'script' as const, file: unpacked.file };
    const taskNotes = new SharedArrayBuffer(of * Int32Array.BYTES_PER_ELEMENT);
    let told: unknown;
    const worker = new ThreadWorker(
      { ...assignment, endpoint, scenario, share: { index, of }, taskNotes },
      (tick) => {
        const report = worker.lastReport === told ? undefined : worker.lastReport;
        told = worker.lastReport;
        void say({ type: 'tick', index, tick, ...(report === undefined ? {} : { report }) });
      },
    );
    thread = worker;
    watch = new Watch([worker], systemLimits, new Int32Array(taskNotes));
    const facts = await worker.ready;
    const { taskNames } = facts;
    await say({ type: 'ready', index, script: facts });
    const over = worker.done.then(
      () => true,
      () => true,
    );
    await obey(reader, keys, { worker, watch, taskNames, offsetMs, over, signal });
    const report = await worker.done;
    await say({ type: 'done', index, report });
    onEvent?.(`done: ${report.counts.started} requests`);
  } catch (error) {
    const coded = codedError(error);
    await say({ type: 'failed', index, error: coded.toJSON() });
    onEvent?.(`failed: ${coded.message}`);
  } finally {
    clearInterval(alive);
    watch?.end();
    await thread?.terminate();
    await unpacked?.remove();
  }
  return true;
}

interface Obedience {
  readonly worker: ThreadWorker;
  readonly watch: Watch;
  readonly taskNames: readonly string[];
  readonly offsetMs: number;
  readonly over: Promise<boolean>;
  readonly signal: AbortSignal | undefined;
}

/** Follows the orders of whoever leads the run, until its end or theirs. */
async function obey(
  reader: Redis,
  keys: ReturnType<typeof keysOf>,
  { worker, watch, taskNames, offsetMs, over, signal }: Obedience,
): Promise<void> {
  let lastId = '0';
  const state = { over: false };
  let started = false;
  void over.then(() => (state.over = true));
  while (!state.over) {
    // oxlint-disable-next-line no-await-in-loop -- one read after the other
    const heard = await hear<Order>(reader, keys.orders, lastId, readBlockMs).catch(() => []);
    for (const { id, message } of heard) {
      lastId = id;
      if (message.index !== worker.index) continue;
      if (message.type === 'stop') worker.stop();
      else if (message.type === 'users') worker.setUsers(message.users);
      else {
        started = true;
        worker.start(message.atMs - offsetMs, message.data);
        watch.runStarted(taskNames, signal);
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- see above
    const leaderGone = (await reader.exists(keys.assignment).catch(() => 0)) === 0;
    if (leaderGone || (signal?.aborted === true && !started)) worker.fail(leaderLost());
    else if (!started) worker.heardMs = performance.now();
  }
}

function leaderLost(): Error {
  return loadErrors.create('AMDAHL_LOAD_WORKER_DIED', {
    expected: 'whoever leads the run to be there to its end',
    found: 'that the run was given up',
    next: 'Start the run again.',
  });
}

function codedError(error: unknown): AmdahlError {
  if (error instanceof AmdahlError) return error;
  return loadErrors.create('AMDAHL_LOAD_WORKER_DIED', {
    expected: 'a worker that performs its share',
    found: messageOf(error),
    next: 'Look at the output of `amdahl worker` on its machine.',
    cause: error,
  });
}
