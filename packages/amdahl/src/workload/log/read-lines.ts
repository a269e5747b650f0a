import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, PassThrough, type Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { workloadErrors } from '../workload-errors.ts';

/** A line beyond this, in UTF-16 units, loses its end: no log may fill the memory. */
const maxLineLength = 1 << 20;

const chunkBytes = 1 << 18;

/**
 * The lines of a text file, gzipped or not, in batches as they are read. Bytes that are no UTF-8
 * become U+FFFD; the last line need not end.
 *
 * @throws AMDAHL_WORKLOAD_FILE_UNREADABLE
 */
export async function* readLines(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly string[], void, void> {
  const decoder = new TextDecoder();
  const splitter = new LineSplitter();
  try {
    for await (const chunk of await bytesOf(path, signal)) {
      yield splitter.push(decoder.decode(chunk as Buffer, { stream: true }));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
  yield splitter.end(decoder.decode());
}

/** The error of a file that cannot be read. */
export function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  return workloadErrors.create('AMDAHL_WORKLOAD_FILE_UNREADABLE', {
    expected: `a file that can be read at ${path}`,
    found: error.message,
    next: 'Correct the path, or give this user the right to read the file.',
    cause: error,
    details: { path },
  });
}

/** The file's bytes, unpacked. A gzip file that was cut off gives what it holds. */
async function bytesOf(path: string, signal: AbortSignal | undefined): Promise<Readable> {
  const gzipped = await isGzip(path);
  const file = createReadStream(path, {
    highWaterMark: chunkBytes,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!gzipped) return file;
  const unpacked = new PassThrough();
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // An error of any stage reaches the reader through the last.
  pipeline(file, gunzip, unpacked, () => undefined);
  return unpacked;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Cuts text that arrives in pieces into lines, without their ends. */
class LineSplitter {
  #rest = '';
  #overlong = false;

  push(text: string): readonly string[] {
    const lines = text.split('\n');
    lines[0] = this.#rest + (this.#overlong ? '' : (lines[0] ?? ''));
    const last = lines.pop() ?? '';
    // Of a line that goes on and on only its beginning is kept.
    this.#overlong = lines.length === 0 && (this.#overlong || last.length > maxLineLength);
    this.#rest = last.slice(0, maxLineLength);
    return lines.map(withoutReturn);
  }

  end(text: string): readonly string[] {
    const lines = [...this.push(text), withoutReturn(this.#rest)];
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
