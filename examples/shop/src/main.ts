/**
 * Starts the shop. Environment: `PORT` (default 3000, 0 for a free one), `SHOP_FIX` (switches set to
 * their fixed path), `DATABASE_URL` (a seeded shop database, or a server to seed one on; default an
 * embedded one), `SHOP_SCALE` (of the data that is seeded).
 */
import { isShopDatabase } from './database/is-shop-database.ts';
import { prepareShopDatabase, type ShopDatabases } from './database/prepare.ts';
import { startShop, type RunningShop } from './start-shop.ts';
import { parseFixes } from './switches.ts';

try {
  await main(process.env);
} catch (error) {
  process.stderr.write(`shop: ${(error as Error).message}\n`);
  process.exitCode = 2;
}

async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const fixes = parseFixes(environment['SHOP_FIX'] ?? '');
  const port = readNumber(environment, 'PORT', 3000);
  const scale = readNumber(environment, 'SHOP_SCALE', 1);
  const databaseUrl = environment['DATABASE_URL'];

  let databases: ShopDatabases | undefined;
  let shop: RunningShop | undefined;
  const stop = async (): Promise<void> => {
    await shop?.stop();
    await databases?.stop();
  };
  try {
    if (databaseUrl !== undefined && (await isShopDatabase(databaseUrl))) {
      shop = await startShop({ databaseUrl, fixes, port });
    } else {
      databases = await prepareShopDatabase({
        scale,
        ...(databaseUrl === undefined ? {} : { databaseUrl }),
      });
      shop = await startShop({ databaseUrl: await databases.databaseFor(fixes), fixes, port });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(0)));
  }
  process.stdout.write(`shop listening on ${shop.url}\n`);
}

function readNumber(environment: NodeJS.ProcessEnv, name: string, byDefault: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return byDefault;
  const value = Number(text);
  if (value >= 0) return value;
  throw new Error(`Expected ${name} to be a number; found "${text}". Set it to ${byDefault}.`);
}
