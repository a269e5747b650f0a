import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fixes } from '../switches.ts';
import { openCopies } from './copies.ts';
import { startEmbeddedServer } from './embedded-server.ts';
import { seedVersion } from './seed.ts';
import { connectAdmin } from './server-session.ts';
import { ensureTemplate } from './template.ts';

export interface PrepareOptions {
  /**
   * Fraction of the full data, 0.001 to 1: at 1 there are 100,000 users, 10,000 products, 1 million
   * orders with 3 million lines and 200,000 reviews.
   * @default 1
   */
  readonly scale?: number;
  /** A PostgreSQL server where databases may be created. @default an embedded one */
  readonly databaseUrl?: string;
  /** Where the embedded server keeps its data between runs. @default examples/shop/.data */
  readonly dataDirectory?: string;
  /** Told what is going on, in a few words. @default writes to stderr */
  readonly onProgress?: (message: string) => void;
}

/** A seeded server that hands out databases. */
export interface ShopDatabases {
  readonly scale: number;
  /**
   * Makes a fresh copy of the seed with the schema changes of `fixes` applied, and answers its
   * connection string. Every call makes another copy, so an A and a B can live side by side.
   */
  databaseFor(fixes: Fixes): Promise<string>;
  /** Drops the copies and stops the embedded server. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Gets a seeded server ready: the embedded one, or the one at `databaseUrl`. The seed is made once
 * for each version and scale and kept in a template database.
 *
 * @throws Error when the scale is out of range, the server cannot be reached or allows no new
 * databases, or another process is using the same data
 */
export async function prepareShopDatabase(options: PrepareOptions = {}): Promise<ShopDatabases> {
  const { scale = 1, onProgress = toStderr } = options;
  if (!(scale >= 0.001 && scale <= 1)) {
    throw new Error(`Expected a scale of 0.001 to 1; found ${scale}. Use 1 for the full shop.`);
  }
  const server = await openServer(options, scale, onProgress);
  try {
    const admin = await connectAdmin(server.url);
    const template = await ensureTemplate(admin, server.url, scale, onProgress);
    server.keep();
    const copies = await openCopies(admin, server.url, template);
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await copies.drop();
      await admin.end();
      await server.stop();
    };
    return {
      scale,
      databaseFor: (fixes) => copies.create(fixes),
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface Server {
  readonly url: string;
  keep(): void;
  stop(): Promise<void>;
}

async function openServer(
  { databaseUrl, dataDirectory = defaultDataDirectory }: PrepareOptions,
  scale: number,
  onProgress: (message: string) => void,
): Promise<Server> {
  if (databaseUrl !== undefined) {
    return { url: databaseUrl, keep: () => undefined, stop: () => Promise.resolve() };
  }
  onProgress('starting the embedded PostgreSQL');
  const embedded = await startEmbeddedServer(join(dataDirectory, `v${seedVersion}-scale-${scale}`));
  return { url: embedded.url(), keep: () => embedded.keep(), stop: () => embedded.stop() };
}

const defaultDataDirectory = fileURLToPath(new URL('../../.data', import.meta.url));

function toStderr(message: string): void {
  process.stderr.write(`shop: ${message}\n`);
}
