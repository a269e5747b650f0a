import { open, mkdtemp, rm, stat } from 'node:fs/promises';
import { createReadStream, createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LockEvent } from '../artifacts/locks.ts';
import { readLogEntries } from '../workload/log/read-log-entries.ts';
import { lockEventsOf } from './lock-events.ts';

/** The end of a log as it was when the load began. */
export interface LogMark {
  readonly file: string;
  readonly inode: number;
  readonly sizeBytes: number;
}

/** Remembers how far a log goes. Rejects with the system's error when it cannot be read. */
export async function markLog(file: string): Promise<LogMark> {
  const handle = await open(file, 'r');
  try {
    const { ino, size } = await handle.stat();
    return { file, inode: ino, sizeBytes: size };
  } finally {
    await handle.close();
  }
}

/**
 * What the log says about locks since the mark. A log that was cut or exchanged meanwhile is read
 * from its beginning.
 */
export async function lockEventsSince(mark: LogMark): Promise<readonly LockEvent[]> {
  const { ino, size } = await stat(mark.file);
  const start = ino === mark.inode && size >= mark.sizeBytes ? mark.sizeBytes : 0;
  if (size === start) return [];
  const directory = await mkdtemp(join(tmpdir(), 'amdahl-log-'));
  try {
    // Its name still tells its format.
    const appended = join(directory, `appended${extname(mark.file)}`);
    await pipeline(
      createReadStream(mark.file, { start, end: size - 1 }),
      createWriteStream(appended, { mode: 0o600 }),
    );
    return await lockEventsOf(readLogEntries(appended));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
