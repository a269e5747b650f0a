import type { AddressInfo } from 'node:net';
import { buildApp } from './app.ts';
import { createBackgroundQueue } from './background/background-queue.ts';
import { createFrontMatter } from './catalogue/front-matter.ts';
import { createPool } from './database/connection.ts';
import { createMailer } from './outside/mailer.ts';
import { createOutsideServices } from './outside/outside-services.ts';
import { startOutsideWorld } from './outside/start-outside-world.ts';
import type { OutsideAddresses } from './outside/services.ts';
import type { Fixes } from './switches.ts';
import { loadRecommender } from './users/recommendations.ts';
import { loadAssets } from './web/assets.ts';

export interface ShopOptions {
  /** A seeded shop database whose schema fits `fixes`. */
  readonly databaseUrl: string;
  readonly fixes: Fixes;
  /** 0 for a free one. */
  readonly port: number;
  /** Where mail server and services listen. @default ones of its own, in a child process */
  readonly outside?: OutsideAddresses;
}

export interface RunningShop {
  readonly url: string;
  /** Finishes what was begun and closes everything that was opened. Idempotent. */
  stop(): Promise<void>;
}

/** Starts the shop on 127.0.0.1, with the outside world it talks to. */
export async function startShop(options: ShopOptions): Promise<RunningShop> {
  const { databaseUrl, fixes, port } = options;
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const undo of closers.splice(0).toReversed()) await undo();
  };
  try {
    const pool = createPool(databaseUrl);
    closers.push(() => pool.end());
    const outside = options.outside ?? (await openOutsideWorld(closers));
    const background = createBackgroundQueue({
      concurrency: 4,
      capacity: 1000,
      onError: (error) => process.stderr.write(`shop: ${String(error)}\n`),
    });
    closers.push(() => background.drain());
    const app = await buildApp({
      fixes,
      databaseUrl,
      pool,
      frontMatter: createFrontMatter(pool, fixes),
      recommend: await loadRecommender(pool, fixes),
      outside: createOutsideServices(outside.services),
      mailer: createMailer(outside.smtpPort),
      background,
      assets: loadAssets(),
    });
    closers.push(() => app.close());
    await app.listen({ port, host: '127.0.0.1' });
    let stopping: Promise<void> | undefined;
    return {
      url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
      stop: () => (stopping ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What to undo, last opened first. */
type Closers = (() => unknown)[];

async function openOutsideWorld(closers: Closers): Promise<OutsideAddresses> {
  const world = await startOutsideWorld();
  closers.push(() => world.stop());
  return world.addresses;
}
