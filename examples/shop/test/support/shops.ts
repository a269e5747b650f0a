import { startPostgres } from 'amdahl/lab';
import { prepareShopDatabase } from '../../src/database/prepare.ts';
import { startShop, type RunningShop } from '../../src/start-shop.ts';
import { switches, type Fixes, type SwitchName } from '../../src/switches.ts';
import { startRecordingWorld, type RecordingWorld } from './world.ts';

/** Enough for every page to have something to show and for every list to have several pages. */
const scale = 0.005;

/** Shops over one throw-away PostgreSQL server and one outside world. */
export interface Shops {
  readonly world: RecordingWorld;
  /** A fresh database with the schema these fixes need. */
  databaseFor(fixes: Fixes): Promise<string>;
  /** Starts a shop, on a fresh database unless one is given. */
  start(fixes: readonly SwitchName[], databaseUrl?: string): Promise<RunningShop>;
  stop(): Promise<void>;
}

export async function openShops(): Promise<Shops> {
  const server = await startPostgres();
  const databases = await prepareShopDatabase({
    scale,
    databaseUrl: server.url(),
    onProgress: () => undefined,
  });
  const world = await startRecordingWorld();
  const running: RunningShop[] = [];
  return {
    world,
    databaseFor: (fixes) => databases.databaseFor(fixes),
    start: async (fixes, databaseUrl) => {
      const shop = await startShop({
        fixes: new Set(fixes),
        databaseUrl: databaseUrl ?? (await databases.databaseFor(new Set(fixes))),
        port: 0,
        outside: world.addresses,
      });
      running.push(shop);
      return shop;
    },
    stop: async () => {
      for (const shop of running) await shop.stop();
      await world.stop();
      await databases.stop();
      await server.stop();
    },
  };
}

export const changesSchema = (name: SwitchName): boolean =>
  switches.some((each) => each.name === name && each.changesSchema);
