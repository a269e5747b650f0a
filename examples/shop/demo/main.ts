/**
 * The whole loop on the shop, as a person would go through it: measure, see which single fix buys
 * the most, apply that fix, prove it. Starts its own database and stops everything it started.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepareShopDatabase, type ShopDatabases } from '../src/database/prepare.ts';
import { measureAndProve } from './loop.ts';
import { PeakMemory } from './peak-memory.ts';

const usage = `npm run demo [-- --scale <0.001 to 1>] [--out <folder>] [--keep]

  --scale  fraction of the shop's data: 1 is 100,000 users and 1 million orders (default 1)
  --out    folder for the report and the proof (default .amdahl/demo-<time>)
  --keep   keep the seeded database (0.9 GB at scale 1), so that the next demo starts sooner
`;

const { values: options } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    out: {
      type: 'string',
      default: join('.amdahl', `demo-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`),
    },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  process.stdout.write(usage);
} else {
  process.exitCode = await main(Number(options.scale), options.out, options.keep);
}

async function main(scale: number, out: string, keep: boolean): Promise<number> {
  const startedAtMs = performance.now();
  const memory = new PeakMemory();
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort());
  }
  const data = fileURLToPath(new URL('../.data', import.meta.url));
  const dataDirectory = keep ? data : join(data, `demo-${process.pid}`);
  const databaseUrl = process.env['DATABASE_URL'];
  let databases: ShopDatabases | undefined;
  try {
    process.stderr.write('\n1/4 Preparing the database of the shop\n');
    databases = await prepareShopDatabase({
      scale,
      dataDirectory,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      onProgress: (message) => process.stderr.write(`    ${message}\n`),
    });
    return await measureAndProve(databases, out, interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('\nInterrupted. Everything that was started is stopped.\n');
    return 130;
  } finally {
    await databases?.stop();
    if (!keep) rmSync(dataDirectory, { recursive: true, force: true });
    memory.stop();
    const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
    const megabytes = Math.round(memory.peakBytes / 1_048_576);
    process.stdout.write(
      `\nThe demo took ${seconds} s. Peak memory ${megabytes} MB: all its processes together, ` +
        'sampled twice a second, pages they share counted once.\n',
    );
  }
}
