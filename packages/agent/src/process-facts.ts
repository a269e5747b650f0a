import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { ProcessFacts } from './protocol.ts';

export function processFacts(watched: Readonly<Record<string, string>>): ProcessFacts {
  return {
    pid: process.pid,
    parentPid: process.ppid,
    nodeVersion: process.version,
    argv: process.argv,
    cwd: process.cwd(),
    cpuCount: availableParallelism(),
    watched: { ...watched },
  };
}

/** Package managers, which run an app and are none. */
const packageManagers: ReadonlySet<string> = new Set([
  'npm',
  'npm-cli.js',
  'npx',
  'npx-cli.js',
  'corepack',
  'corepack.js',
  'pnpm',
  'pnpm.cjs',
  'pnpx',
  'yarn',
  'yarn.js',
  'yarn.cjs',
]);

/**
 * Whether this process is one to watch. `NODE_OPTIONS` brings the agent into every Node process
 * below the workbench: into `npm start` itself, and into the worker threads of the app, whose work
 * is not served requests and whose process already has an agent.
 */
export function isWatchable(): boolean {
  return isMainThread && !packageManagers.has(basename(process.argv[1] ?? ''));
}
