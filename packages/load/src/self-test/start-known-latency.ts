import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LatencyName } from './known-latency.ts';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = fileURLToPath(new URL(`./known-latency-server.${extension}`, import.meta.url));

/** A server of known latency in a process of its own. */
export interface KnownLatencyServer {
  readonly url: string;
  /** The 99th percentile of how late its replies were. */
  latenessMs(): Promise<number>;
  end(): void;
}

/** Starts one; it ends with this process at the latest. */
export async function startKnownLatency(
  name: LatencyName,
  durationSeconds: number,
): Promise<KnownLatencyServer> {
  const child = spawn(process.execPath, [...process.execArgv, entry, name, `${durationSeconds}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${port.toString().trim()}/`;
  return {
    url,
    latenessMs: async () => Number(await (await fetch(`${url}lateness`)).text()) / 1_000,
    end: () => void child.kill(),
  };
}
