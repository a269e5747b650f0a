/** Bytes a head, a chunk extension or all trailers may have; twice what common servers send at most. */
export const maxHeadBytes: number = 64 * 1024;

/** What makes received bytes no valid reply. */
export type ProtocolFault =
  | 'bad-status-line'
  | 'bad-header'
  | 'bad-content-length'
  | 'two-lengths'
  | 'bad-chunk'
  | 'head-too-large'
  | 'body-too-large'
  | 'unexpected-upgrade';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const ZERO = 0x30;
const COLON = 0x3a;

/** Bytes allowed in a field name: `tchar` of RFC 9110, section 5.6.2. */
const isTokenByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

const protocol: Buffer = Buffer.from('HTTP/1.');
const connectionName: Buffer = Buffer.from('connection');
const keepAliveName: Buffer = Buffer.from('keep-alive');
const setCookieName: Buffer = Buffer.from('set-cookie');
const contentLengthName: Buffer = Buffer.from('content-length');
const transferEncodingName: Buffer = Buffer.from('transfer-encoding');
/** `HTTP/1.1 200` */
const shortestStatusLine = 12;

/**
 * Reads the head of a reply: status line and field lines (RFC 9112, sections 4 and 5), however the
 * bytes are split. A head that arrives whole is read in place; the parts of a split one are
 * gathered first, each line read once.
 */
export class FieldLines {
  complete = false;
  fault: ProtocolFault | undefined;
  status = 0;
  /** Whether the connection persists after the message: RFC 9112, section 9.3. */
  persistent = true;
  contentLength: number | undefined;
  /** Whether there is a Transfer-Encoding, and whether its last coding is `chunked`. */
  transferCoded = false;
  chunked = false;
  keepAliveMs: number | undefined;
  setCookies: string[] = [];
  /** The field lines, each with its line end, when kept. */
  text = '';

  #keep = false;
  #parts: Buffer = Buffer.alloc(0);
  #partsLength = 0;
  /** Start of the line being read, and how far it was searched for its end. */
  #lineStart = 0;
  #searched = 0;
  #fieldsStart = 0;
  #statusLineRead = false;
  #lastFieldFrames = false;

  begin(keep: boolean): void {
    this.complete = false;
    this.fault = undefined;
    this.status = 0;
    this.contentLength = undefined;
    this.transferCoded = false;
    this.chunked = false;
    this.keepAliveMs = undefined;
    if (this.setCookies.length > 0) this.setCookies = [];
    this.text = '';
    this.#keep = keep;
    this.#partsLength = 0;
    this.#lineStart = 0;
    this.#searched = 0;
    this.#statusLineRead = false;
  }

  /** Takes bytes until the head is complete; returns the index after the last one taken. */
  push(bytes: Buffer, from: number, to: number): number {
    if (this.#partsLength === 0) {
      this.#lineStart = from;
      this.#searched = from;
      const end = this.#read(bytes, to);
      if (this.complete || this.fault !== undefined) return end;
      this.#lineStart -= from;
      this.#searched -= from;
      this.#fieldsStart -= from;
      if (!this.#gather(bytes, from, to)) this.fault = 'head-too-large';
      return to;
    }
    const before = this.#partsLength;
    const fits = this.#gather(bytes, from, to);
    const end = this.#read(this.#parts, this.#partsLength);
    if (this.complete) return from + end - before;
    if (!fits) this.fault ??= 'head-too-large';
    return to;
  }

  /** Appends as much as a head may have; answers whether that was all. */
  #gather(bytes: Buffer, from: number, to: number): boolean {
    const length = Math.min(this.#partsLength + to - from, maxHeadBytes);
    if (length > this.#parts.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, 2 * length));
      this.#parts.copy(grown, 0, 0, this.#partsLength);
      this.#parts = grown;
    }
    bytes.copy(this.#parts, this.#partsLength, from, from + length - this.#partsLength);
    const fits = length === this.#partsLength + to - from;
    this.#partsLength = length;
    return fits;
  }

  /** Reads whole lines up to `to`; returns the index after the last byte read. */
  #read(source: Buffer, to: number): number {
    for (;;) {
      let at = this.#searched;
      while (at < to && source[at] !== LF) at += 1;
      this.#searched = at;
      if (at === to) return to;
      const start = this.#lineStart;
      const end = at - 1;
      if (end < start || source[end] !== CR) {
        this.fault = this.#statusLineRead ? 'bad-header' : 'bad-status-line';
        return at;
      }
      this.#lineStart = at + 1;
      this.#searched = at + 1;
      if (!this.#statusLineRead) this.#readStatusLine(source, start, end);
      else if (end > start) this.#readField(source, start, end);
      else this.#complete(source, start);
      if (this.complete || this.fault !== undefined) return at + 1;
    }
  }

  #complete(source: Buffer, end: number): void {
    if (this.#keep) this.text = source.toString('latin1', this.#fieldsStart, end);
    this.complete = true;
  }

  #readStatusLine(source: Buffer, start: number, end: number): void {
    this.#statusLineRead = true;
    this.#fieldsStart = this.#lineStart;
    this.#lastFieldFrames = true;
    const minor = (source[start + 7] as number) - ZERO;
    this.status = digitsAt(source, start + 9, start + 12);
    const valid =
      end - start >= shortestStatusLine &&
      protocol.every((byte, index) => source[start + index] === byte) &&
      (minor === 0 || minor === 1) &&
      source[start + 8] === SPACE &&
      this.status >= 100 &&
      (end - start === shortestStatusLine || source[start + 12] === SPACE);
    if (!valid) this.fault = 'bad-status-line';
    this.persistent = minor === 1;
  }

  #readField(source: Buffer, start: number, end: number): void {
    const first = source[start] as number;
    if (first === SPACE || first === TAB) {
      // An obsolete line folding is harmless in a field that frames nothing.
      if (this.#lastFieldFrames) this.fault = 'bad-header';
      return;
    }
    let colon = start;
    while (isTokenByte[source[colon] as number] === 1) colon += 1;
    if (colon === start || colon >= end || source[colon] !== COLON) {
      this.fault = 'bad-header';
      return;
    }
    this.#lastFieldFrames = false;
    let from = colon + 1;
    let to = end;
    while (from < to && isBlank(source[from])) from += 1;
    while (to > from && isBlank(source[to - 1])) to -= 1;
    this.#readValue(source, start, colon, from, to);
  }

  /** Takes in the value `from..to` of a field if its name is one of those that matter. */
  #readValue(source: Buffer, start: number, colon: number, from: number, to: number): void {
    // Names are told by their length first, since most fields are of no interest.
    switch (colon - start) {
      case 10:
        if (reads(source, start, colon, connectionName)) {
          this.#readConnection(source, from, to);
        } else if (reads(source, start, colon, keepAliveName)) {
          this.#readKeepAlive(source.toString('latin1', from, to));
        } else if (reads(source, start, colon, setCookieName)) {
          this.setCookies.push(source.toString('latin1', from, to));
        }
        return;
      case 14:
        if (reads(source, start, colon, contentLengthName)) {
          this.#readContentLength(digitsAt(source, from, to));
        }
        return;
      case 17:
        if (reads(source, start, colon, transferEncodingName)) {
          this.#readTransferEncoding(source.toString('latin1', from, to));
        }
        return;
      default:
    }
  }

  #readConnection(source: Buffer, from: number, to: number): void {
    this.#lastFieldFrames = true;
    if (reads(source, from, to, keepAliveName)) {
      this.persistent = true;
      return;
    }
    const options = source.toString('latin1', from, to).toLowerCase();
    if (/(?:^|,)\s*close\s*(?:$|,)/.test(options)) this.persistent = false;
    else if (/(?:^|,)\s*keep-alive\s*(?:$|,)/.test(options)) this.persistent = true;
  }

  #readKeepAlive(value: string): void {
    const seconds = /(?:^|[,\s])timeout\s*=\s*(\d{1,9})/i.exec(value)?.[1];
    if (seconds !== undefined) this.keepAliveMs = Number(seconds) * 1_000;
  }

  #readContentLength(length: number): void {
    this.#lastFieldFrames = true;
    const differs = this.contentLength !== undefined && this.contentLength !== length;
    if (length < 0 || differs) this.fault = 'bad-content-length';
    this.contentLength = length;
  }

  #readTransferEncoding(value: string): void {
    this.#lastFieldFrames = true;
    this.transferCoded = true;
    const codings = value.toLowerCase().split(',');
    this.chunked = codings.at(-1)?.trim() === 'chunked';
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** The number written in decimal digits `from..to`, -1 when it is none or over 2^53 - 1. */
function digitsAt(source: Buffer, from: number, to: number): number {
  if (from >= to) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (source[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : -1;
}

/** Whether bytes `from..to` are this text, given in lower-case letters, in letters of any case. */
function reads(source: Buffer, from: number, to: number, lowerText: Buffer): boolean {
  if (to - from !== lowerText.length) return false;
  for (let index = 0; index < lowerText.length; index += 1) {
    const byte = source[from + index] as number;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== lowerText[index]) return false;
  }
  return true;
}
