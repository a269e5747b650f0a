import { maxHeadBytes, type ProtocolFault } from './field-lines.ts';

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
/** Thirteen hexadecimal digits are the most that stay below 2^53. */
const maxSizeDigits = 13;

type Phase =
  | 'size'
  | 'extension'
  | 'size-end'
  | 'data'
  | 'data-return'
  | 'data-end'
  | 'trailer'
  | 'trailer-end'
  | 'complete';

/** Walks through a chunked body (RFC 9112, section 7.1), however its bytes are split. */
export class ChunkedBody {
  fault: ProtocolFault | undefined;
  /** The data found by the last `push`: bytes `dataFrom..dataTo` of what was pushed. */
  dataFrom = 0;
  dataTo = 0;

  #phase: Phase = 'size';
  #size = 0;
  #digits = 0;
  /** Bytes of the current chunk extension, or of all trailers. */
  #extraBytes = 0;
  #lineBytes = 0;

  begin(): void {
    this.fault = undefined;
    this.#startChunk();
  }

  get complete(): boolean {
    return this.#phase === 'complete';
  }

  /**
   * Takes bytes up to and including the next run of data, or all there are; returns the index after
   * the last one taken.
   */
  push(bytes: Buffer, from: number, to: number): number {
    this.dataFrom = from;
    this.dataTo = from;
    let at = from;
    while (at < to && this.fault === undefined) {
      if (this.#phase === 'data') {
        const end = Math.min(to, at + this.#size);
        this.#size -= end - at;
        this.dataFrom = at;
        this.dataTo = end;
        if (this.#size === 0) this.#phase = 'data-return';
        return end;
      }
      this.#step(bytes[at] as number);
      at += 1;
      if (this.#phase === 'complete') return at;
    }
    return at;
  }

  #startChunk(): void {
    this.#phase = 'size';
    this.#size = 0;
    this.#digits = 0;
    this.#extraBytes = 0;
  }

  #step(byte: number): void {
    switch (this.#phase) {
      case 'size':
        return this.#stepSize(byte);
      case 'extension':
        this.#countExtra();
        if (byte === CR) this.#phase = 'size-end';
        else if (byte === LF) this.fault = 'bad-chunk';
        return;
      case 'size-end':
        if (byte !== LF) this.fault = 'bad-chunk';
        else if (this.#size > 0) this.#phase = 'data';
        else this.#startTrailers();
        return;
      case 'data-return':
        if (byte !== CR) this.fault = 'bad-chunk';
        this.#phase = 'data-end';
        return;
      case 'data-end':
        if (byte !== LF) this.fault = 'bad-chunk';
        this.#startChunk();
        return;
      case 'trailer':
        this.#countExtra();
        if (byte === CR) this.#phase = 'trailer-end';
        else if (byte === LF) this.fault = 'bad-chunk';
        else this.#lineBytes += 1;
        return;
      default:
        this.#stepTrailerEnd(byte);
    }
  }

  #stepSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits += 1;
      if (this.#digits > maxSizeDigits) this.fault = 'bad-chunk';
    } else if (this.#digits === 0) {
      this.fault = 'bad-chunk';
    } else if (byte === CR) {
      this.#phase = 'size-end';
    } else if (byte === SEMICOLON || byte === 0x20 || byte === 0x09) {
      this.#phase = 'extension';
    } else {
      this.fault = 'bad-chunk';
    }
  }

  #startTrailers(): void {
    this.#phase = 'trailer';
    this.#lineBytes = 0;
    this.#extraBytes = 0;
  }

  #stepTrailerEnd(byte: number): void {
    if (byte !== LF) {
      this.fault = 'bad-chunk';
    } else if (this.#lineBytes === 0) {
      this.#phase = 'complete';
    } else {
      this.#phase = 'trailer';
      this.#lineBytes = 0;
    }
  }

  #countExtra(): void {
    this.#extraBytes += 1;
    if (this.#extraBytes > maxHeadBytes) this.fault = 'head-too-large';
  }
}

/** The value of a hexadecimal digit, -1 for any other byte. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
