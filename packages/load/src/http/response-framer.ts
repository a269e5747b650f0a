import { ChunkedBody } from './chunked-body.ts';
import { FieldLines, type ProtocolFault } from './field-lines.ts';

/** Bytes of body kept for a script; a reply with more is a protocol fault. */
export const maxKeptBodyBytes: number = 64 * 1024 * 1024;

type Phase = 'head' | 'length' | 'chunked' | 'until-close' | 'complete' | 'faulty';

/**
 * Finds the end of HTTP/1.1 replies in a byte stream (RFC 9112), one reply at a time, however the
 * bytes are split. It looks only at what decides where a reply ends and whether the connection may
 * be used again; the rest of the head is kept as text when asked, and read later or never.
 *
 * `begin` before each request, then `push` what arrives until `complete` or `fault` is set. Bytes
 * that `push` does not take belong to no reply that was asked for.
 */
export class ResponseFramer {
  /** Status of the final reply, 0 until its head is whole. */
  status = 0;
  /** What makes the bytes no valid reply. */
  fault: ProtocolFault | undefined;
  /** Bytes of this reply so far, interim replies included. */
  receivedBytes = 0;

  #phase: Phase = 'complete';
  #bodyless = false;
  #keep = false;
  #remaining = 0;
  #body = '';
  readonly #lines = new FieldLines();
  readonly #chunked = new ChunkedBody();

  /** Expects the reply to a request. `keep`: whether head and body will be read. */
  begin(method: string, keep: boolean): void {
    this.status = 0;
    this.fault = undefined;
    this.receivedBytes = 0;
    this.#bodyless = method === 'HEAD';
    this.#keep = keep;
    this.#body = '';
    this.#lines.begin(keep);
    this.#phase = 'head';
  }

  get complete(): boolean {
    return this.#phase === 'complete';
  }

  /** Whether the connection may carry another request after this reply. */
  get reusable(): boolean {
    return this.#phase === 'complete' && this.#lines.persistent;
  }

  /** How long the server promises to keep the idle connection open, if it says so. */
  get keepAliveMs(): number | undefined {
    return this.#lines.keepAliveMs;
  }

  get setCookies(): readonly string[] {
    return this.#lines.setCookies;
  }

  /** The field lines of the head, when kept. */
  get head(): string {
    return this.#lines.text;
  }

  /**
   * The body without transfer coding, when kept: one character a byte, since V8 keeps such text
   * much cheaper than a buffer of its own.
   */
  get body(): string {
    return this.#body;
  }

  /** Takes bytes `from..to`; returns the index after the last one that belongs to this reply. */
  push(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#phase !== 'complete' && this.#phase !== 'faulty') {
      if (this.#phase === 'head') at = this.#pushHead(bytes, at, to);
      else if (this.#phase === 'length') at = this.#pushLength(bytes, at, to);
      else if (this.#phase === 'chunked') at = this.#pushChunked(bytes, at, to);
      else at = this.#pushUntilClose(bytes, at, to);
    }
    this.receivedBytes += at - from;
    return at;
  }

  /** The peer sends no more: ends a reply that lasts until then. */
  end(): void {
    if (this.#phase === 'until-close') this.#phase = 'complete';
  }

  #pushHead(bytes: Buffer, from: number, to: number): number {
    const at = this.#lines.push(bytes, from, to);
    if (this.#lines.fault !== undefined) this.#fail(this.#lines.fault);
    else if (this.#lines.complete) this.#startBody();
    return at;
  }

  /** Where the body ends: RFC 9112, section 6.3. */
  #startBody(): void {
    const lines = this.#lines;
    if (lines.status < 200) {
      // Asked for by no request of ours, so the bytes after it are no HTTP.
      if (lines.status === 101) this.#fail('unexpected-upgrade');
      else lines.begin(this.#keep);
      return;
    }
    this.status = lines.status;
    if (this.#bodyless || lines.status === 204 || lines.status === 304) {
      this.#phase = 'complete';
    } else if (lines.transferCoded) {
      if (lines.contentLength !== undefined) this.#fail('two-lengths');
      else if (lines.chunked) this.#startChunked();
      else this.#phase = 'until-close';
    } else if (lines.contentLength === undefined) {
      this.#phase = 'until-close';
    } else {
      this.#remaining = lines.contentLength;
      this.#phase = this.#remaining === 0 ? 'complete' : 'length';
    }
    if (this.#phase === 'until-close') lines.persistent = false;
  }

  #startChunked(): void {
    this.#chunked.begin();
    this.#phase = 'chunked';
  }

  #pushLength(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#remaining);
    this.#remaining -= end - from;
    if (this.#keep) this.#keepPiece(bytes, from, end);
    if (this.#remaining === 0 && this.#phase === 'length') this.#phase = 'complete';
    return end;
  }

  #pushChunked(bytes: Buffer, from: number, to: number): number {
    const chunked = this.#chunked;
    const at = chunked.push(bytes, from, to);
    if (this.#keep && chunked.dataTo > chunked.dataFrom) {
      this.#keepPiece(bytes, chunked.dataFrom, chunked.dataTo);
    }
    if (chunked.fault !== undefined) this.#fail(chunked.fault);
    else if (chunked.complete && this.#phase === 'chunked') this.#phase = 'complete';
    return at;
  }

  #pushUntilClose(bytes: Buffer, from: number, to: number): number {
    if (this.#keep) this.#keepPiece(bytes, from, to);
    return to;
  }

  #keepPiece(bytes: Buffer, from: number, to: number): void {
    this.#body += bytes.toString('latin1', from, to);
    if (this.#body.length > maxKeptBodyBytes) this.#fail('body-too-large');
  }

  #fail(fault: ProtocolFault): void {
    this.fault = fault;
    this.#phase = 'faulty';
  }
}
