/** Lines kept of what a process printed, and characters kept of each line. */
const maxLines = 200;
const maxLineLength = 2_000;

/** The last lines of one or more text streams, bounded whatever they print. */
export class OutputTail {
  readonly #lines: string[] = [];

  /** Starts reading a stream. Each stream's lines stay whole, also when several are read. */
  follow(stream: NodeJS.ReadableStream): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = (parts.pop() as string).slice(0, maxLineLength);
      for (const part of parts) this.#push(part);
    });
    stream.on('end', () => {
      if (rest !== '') this.#push(rest);
      rest = '';
    });
    stream.on('error', () => undefined);
  }

  /** Oldest first. */
  lines(): readonly string[] {
    return [...this.#lines];
  }

  #push(line: string): void {
    this.#lines.push(line.replace(/\r$/, '').slice(0, maxLineLength));
    if (this.#lines.length > maxLines) this.#lines.shift();
  }
}
