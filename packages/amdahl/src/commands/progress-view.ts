import { stripVTControlCharacters, styleText } from 'node:util';
import { formatMs } from '@amdahl/metrics';
import type { LoadProgress } from '@amdahl/load';

/**
 * What a command is doing, on standard error: a line or a few that are painted again and again where
 * there is a terminal, else plain lines now and then.
 */
export interface ProgressView {
  /** Starts the next phase. */
  phase(label: string): void;
  /** What the phase is at. Several lines are painted below the phase, and plainly in one. */
  status(text: string): void;
  /** A line that stays. */
  note(text: string): void;
  /** Takes the painted line away. */
  end(): void;
}

/** Between two plain lines of one phase. */
const plainPauseMs = 5_000;
const repaintMs = 500;
const defaultColumns = 80;

export function createProgressView(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? new PaintedView(stream) : new PlainView(stream);
}

/** A style that obeys `NO_COLOR`, `FORCE_COLOR` and whether the stream is a terminal. */
export function styled(
  style: Parameters<typeof styleText>[0],
  text: string,
  stream: NodeJS.WriteStream,
): string {
  return styleText(style, text, { stream });
}

/** Whether text for this stream may be coloured. */
export function hasColours(stream: NodeJS.WriteStream): boolean {
  return styled('bold', '.', stream) !== '.';
}

/** Live figures of a load on one line. */
export function describeLoad(progress: LoadProgress): string {
  const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
  return [
    `${seconds(progress.elapsedMs)} of ${seconds(progress.plannedMs)}`,
    `${Math.round(progress.ratePerSecond)}/s`,
    `p50 ${formatMs(progress.p50Ms)}`,
    `p95 ${formatMs(progress.p95Ms)}`,
    `${progress.failed} failed`,
    `${progress.inFlight} in flight`,
  ].join(' · ');
}

class PaintedView implements ProgressView {
  readonly #stream: NodeJS.WriteStream;
  #label = '';
  #status = '';
  #startedAtMs = 0;
  /** Lines on the terminal that are painted over next time. */
  #painted = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  phase(label: string): void {
    if (label === this.#label) return;
    this.#label = label;
    this.#status = '';
    this.#startedAtMs = performance.now();
    this.#timer ??= setInterval(() => this.#paint(), repaintMs).unref();
    this.#paint();
  }

  status(text: string): void {
    this.#status = text;
    this.#paint();
  }

  note(text: string): void {
    this.#clear();
    this.#stream.write(`${text}\n`);
    this.#paint();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#label = '';
    this.#clear();
  }

  #paint(): void {
    if (this.#label === '') return;
    const seconds = Math.round((performance.now() - this.#startedAtMs) / 1_000);
    const rest = this.#status || (seconds > 0 ? `${seconds} s` : '');
    const separator = rest.includes('\n') ? '\n' : ' · ';
    const text = rest === '' ? this.#label : `${this.#label}${separator}${rest}`;
    const columns = this.#stream.columns || defaultColumns;
    const lines = text
      .split('\n')
      .map((line) => stripVTControlCharacters(line).slice(0, Math.max(1, columns - 1)))
      .map((line) => styled('dim', line, this.#stream));
    this.#stream.write(`${this.#erasing()}${lines.join('\n')}`);
    this.#painted = lines.length;
  }

  #clear(): void {
    this.#stream.write(this.#erasing());
    this.#painted = 0;
  }

  /** Erases what was painted, from its last line up to its first. */
  #erasing(): string {
    return `\r\u001B[2K${'\u001B[1A\u001B[2K'.repeat(Math.max(0, this.#painted - 1))}`;
  }
}

class PlainView implements ProgressView {
  readonly #stream: NodeJS.WriteStream;
  #label = '';
  #lastLineAtMs = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  phase(label: string): void {
    if (label === this.#label) return;
    this.#label = label;
    this.note(label);
  }

  status(text: string): void {
    if (performance.now() - this.#lastLineAtMs < plainPauseMs) return;
    this.note(text.replaceAll('\n', ' · '));
  }

  note(text: string): void {
    this.#lastLineAtMs = performance.now();
    this.#stream.write(`${text}\n`);
  }

  end(): void {
    this.#label = '';
  }
}
