import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { workbenchErrors } from '../workbench-errors.ts';

/** A text file that is written as the run goes on: what is there survives an interruption. */
export class TextFile {
  readonly #stream: WriteStream;

  private constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** @throws `AMDAHL_CLI_BAD_USAGE` naming the flag, when the file cannot be written */
  static async open(flag: string, file: string, cwd: string): Promise<TextFile> {
    const stream = createWriteStream(resolve(cwd, file));
    try {
      await once(stream, 'open');
    } catch (cause) {
      throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
        expected: `a file that can be written as ${flag}`,
        found: (cause as Error).message,
        next: `Correct the path given with ${flag}.`,
        cause,
      });
    }
    return new TextFile(stream);
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  async end(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}
