import type { createClient } from 'redis';
import { loadErrors } from '../load-errors.ts';

export type Redis = ReturnType<typeof createClient>;

const connectTimeoutMs = 5_000;
const longestRetryMs = 1_000;
/** Round trips of which the shortest tells the clock's offset best. */
const clockProbes = 7;

/**
 * Connects to Redis. Once connected, a connection that breaks is opened again by itself.
 *
 * @throws `AMDAHL_LOAD_REDIS_UNREACHABLE`, `AMDAHL_LOAD_REDIS_REFUSED`
 */
export async function connectRedis(url: string): Promise<Redis> {
  // Loaded by runs of several machines only: each start of a worker thread would pay for it.
  const redis = await import('redis');
  let connected = false;
  const client: Redis = redis.createClient({
    url,
    socket: {
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (retries) => connected && Math.min(100 * 2 ** retries, longestRetryMs),
    },
  });
  // Without a listener a broken connection would end the process; commands report it themselves.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } catch (cause) {
    client.destroy();
    const message = cause instanceof Error ? cause.message : String(cause);
    const refused = /^(WRONGPASS|NOAUTH|NOPERM|ERR)/.test(message);
    const at = new URL(url).host;
    throw loadErrors.create(
      refused ? 'AMDAHL_LOAD_REDIS_REFUSED' : 'AMDAHL_LOAD_REDIS_UNREACHABLE',
      {
        expected: refused ? `a Redis at ${at} that lets us in` : `a Redis that answers at ${at}`,
        found: (cause as NodeJS.ErrnoException).code ?? message,
        next: refused
          ? 'Correct the user, password or database: redis://user:password@host:6379/0'
          : 'Start Redis there, or correct the URL.',
        cause,
        details: { host: at },
      },
    );
  }
  connected = true;
  return client;
}

/**
 * Redis' clock minus this machine's, milliseconds, to within half of the shortest round trip
 * (Cristian, "Probabilistic clock synchronization", 1989).
 */
export async function clockOffsetMs(redis: Redis): Promise<number> {
  let shortestMs = Infinity;
  let offsetMs = 0;
  for (let probe = 0; probe < clockProbes; probe += 1) {
    const sentMs = nowEpochMs();
    // oxlint-disable-next-line no-await-in-loop -- probes side by side would delay each other
    const [seconds, micros] = (await redis.sendCommand(['TIME'])) as unknown as [string, string];
    const receivedMs = nowEpochMs();
    if (receivedMs - sentMs >= shortestMs) continue;
    shortestMs = receivedMs - sentMs;
    offsetMs = Number(seconds) * 1_000 + Number(micros) / 1_000 - (sentMs + receivedMs) / 2;
  }
  return offsetMs;
}

/** Time of day of this process's steady clock, milliseconds since 1970. */
export function nowEpochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Adds a message to a stream; to none that is not there, so that a late one leaves nothing. */
export async function tell(redis: Redis, key: string, message: unknown): Promise<void> {
  await redis.sendCommand(['XADD', key, 'NOMKSTREAM', '*', 'json', JSON.stringify(message)]);
}

/** Messages that came after `afterId`, oldest first; none when none comes within `blockMs`. */
export async function hear<Message>(
  redis: Redis,
  key: string,
  afterId: string,
  blockMs: number,
): Promise<readonly { readonly id: string; readonly message: Message }[]> {
  const streams = (await redis.xRead({ key, id: afterId }, { BLOCK: blockMs, COUNT: 100 })) as
    | readonly { readonly messages: readonly { id: string; message: { json?: string } }[] }[]
    | null;
  return (streams?.[0]?.messages ?? []).map(({ id, message }) => ({
    id,
    message: JSON.parse(message.json ?? 'null') as Message,
  }));
}
