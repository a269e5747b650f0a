import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OutsideAddresses } from './services.ts';

export interface OutsideWorld {
  readonly addresses: OutsideAddresses;
  stop(): Promise<void>;
}

/** Starts the outside world in a child process, which ends with this one whatever happens. */
export async function startOutsideWorld(): Promise<OutsideWorld> {
  const child = fork(fileURLToPath(new URL('../outside-world.ts', import.meta.url)), [], {
    // Nothing preloaded into the shop, such as an agent or a profiler, belongs in there.
    execArgv: [],
    env: { PATH: process.env['PATH'] },
  });
  const ended = once(child, 'exit');
  const [addresses] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(
        `Expected the outside world to start; found that it ended with code ${code}.`,
      );
    }),
  ])) as [OutsideAddresses];
  // It must not keep the shop's process from ending.
  child.unref();
  child.channel?.unref();
  return {
    addresses,
    stop: async () => {
      if (child.connected) child.disconnect();
      if (child.exitCode === null) await ended;
    },
  };
}
