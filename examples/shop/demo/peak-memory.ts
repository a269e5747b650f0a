import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

interface ProcessMemory {
  readonly pid: number;
  readonly parentPid: number;
  readonly residentBytes: number;
}

/**
 * The highest memory of this process and all its descendants together, sampled twice a second: the
 * load generator, the app, the database, the workbench and this program. On Linux a page that
 * several processes share, PostgreSQL's buffers or Node's own code, is counted once, split among
 * them (`Pss` in proc_pid_smaps(5)); elsewhere `ps` counts it in each of them.
 */
export class PeakMemory {
  /** 0 before the first sample. */
  peakBytes = 0;
  readonly #timer: NodeJS.Timeout;
  #sampling = false;

  constructor(intervalMs: number = 500) {
    this.#timer = setInterval(() => void this.#sample(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #sample(): Promise<void> {
    if (this.#sampling) return;
    this.#sampling = true;
    try {
      this.peakBytes = Math.max(this.peakBytes, await memoryOfTree(process.pid));
    } finally {
      this.#sampling = false;
    }
  }
}

/** Memory of a process and all its descendants; 0 where it cannot be read. */
export async function memoryOfTree(pid: number): Promise<number> {
  const processes = process.platform === 'linux' ? listFromProc() : await listFromPs();
  let bytes = 0;
  const rest = [pid];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const own = processes.find((other) => other.pid === next);
    bytes += proportionalBytes(next) ?? own?.residentBytes ?? 0;
    rest.push(...processes.filter(({ parentPid }) => parentPid === next).map((child) => child.pid));
  }
  return bytes;
}

/** See proc_pid_status(5). */
function listFromProc(): readonly ProcessMemory[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const status = readOrNull(`/proc/${pid}/status`);
      if (status === null) return [];
      return [
        {
          pid: Number(pid),
          parentPid: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0),
          residentBytes: kilobytes(/^VmRSS:\s*(\d+)/m.exec(status)),
        },
      ];
    });
}

async function listFromPs(): Promise<readonly ProcessMemory[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,rss=']).catch(() => ({
    stdout: '',
  }));
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [pid = 0, parentPid = 0, residentKb = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parentPid, residentBytes: residentKb * 1_024 };
    });
}

function proportionalBytes(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const rollup = readOrNull(`/proc/${pid}/smaps_rollup`);
  const pss = rollup === null ? null : /^Pss:\s*(\d+)/m.exec(rollup);
  return pss === null ? null : kilobytes(pss);
}

function kilobytes(match: RegExpExecArray | null): number {
  return Number(match?.[1] ?? 0) * 1_024;
}

/** A process may end, or belong to somebody else, while it is read. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
