import { deflateSync, inflateSync } from 'node:zlib';
import { isAmdahlError } from './errors.ts';
import { grownCounters, HistogramLayout, maxCounters } from './histogram-layout.ts';
import { metricsErrors } from './metrics-errors.ts';

/*
 * HdrHistogram's V2 format, as the Java library defines it (AbstractHistogram.encodeIntoByteBuffer
 * and ZigZagEncoding in https://github.com/HdrHistogram/HdrHistogram). All numbers are big-endian.
 *
 *   int32   cookie, 0x1c849313
 *   int32   length of the payload in bytes
 *   int32   normalising index offset, 0 unless the writer shifted its counters
 *   int32   significant digits
 *   int64   lowest discernible value
 *   int64   highest trackable value
 *   float64 ratio of recorded integers to values, 1 for histograms of integers
 *   payload the counters from index 0 to the last one used, each as a ZigZag LEB128 number of at
 *           most 9 bytes; a negative number -n stands for n empty counters
 *
 * The compressed form is int32 cookie 0x1c849314, int32 length, and that many bytes of zlib stream.
 */
const plainCookie = 0x1c849303;
const compressedCookie = 0x1c849304;
/** The word-size byte of a cookie: its value of 0x10 marks the variable-length payload. */
const variableLength = 0x10;
const wordSizeMask = 0xf0;
const headerBytes = 40;
const compressedHeaderBytes = 8;
const maxCounterBytes = 9;

/** What the format carries of a histogram. */
export interface EncodedHistogram {
  readonly layout: HistogramLayout;
  readonly counters: Float64Array;
}

/** The uncompressed form. Empty counters after the last used one are left out. */
export function encodeHistogram(layout: HistogramLayout, counters: Float64Array): Uint8Array {
  const used = counters.findLastIndex((count) => count > 0) + 1;
  const bytes = new Uint8Array(headerBytes + maxCounterBytes * Math.max(1, used));
  const end = writeCounters(bytes, headerBytes, counters, Math.max(1, used));
  const header = new DataView(bytes.buffer);
  header.setInt32(0, plainCookie | variableLength);
  header.setInt32(4, end - headerBytes);
  header.setInt32(8, 0);
  header.setInt32(12, layout.significantDigits);
  header.setBigInt64(16, BigInt(layout.lowestDiscernible));
  header.setBigInt64(24, BigInt(layout.highestTrackable));
  header.setFloat64(32, 1);
  return bytes.slice(0, end);
}

/** The compressed form of encoded bytes. */
export function compressHistogram(plain: Uint8Array): Uint8Array {
  const deflated = deflateSync(plain);
  const bytes = new Uint8Array(compressedHeaderBytes + deflated.length);
  const header = new DataView(bytes.buffer);
  header.setInt32(0, compressedCookie | variableLength);
  header.setInt32(4, deflated.length);
  bytes.set(deflated, compressedHeaderBytes);
  return bytes;
}

/**
 * Reads either form. Memory stays bounded whatever the bytes claim: at most 18 MiB inflated and
 * 16 MiB of counters.
 *
 * @throws `AMDAHL_METRICS_BAD_HISTOGRAM`
 */
export function decodeHistogram(bytes: Uint8Array): EncodedHistogram {
  const cookie = bytes.length < 4 ? undefined : viewOf(bytes).getInt32(0) & ~wordSizeMask;
  if (cookie === compressedCookie) return decodePlain(inflate(bytes));
  return decodePlain(bytes);
}

function inflate(bytes: Uint8Array): Uint8Array {
  const length = bytes.length < compressedHeaderBytes ? -1 : viewOf(bytes).getInt32(4);
  if (length < 0 || length > bytes.length - compressedHeaderBytes) {
    throw bad(`${length} compressed bytes announced in ${bytes.length} bytes`);
  }
  try {
    return inflateSync(bytes.subarray(compressedHeaderBytes, compressedHeaderBytes + length), {
      maxOutputLength: headerBytes + maxCounterBytes * maxCounters,
    });
  } catch (cause) {
    throw bad('a compressed part that does not inflate', cause);
  }
}

function decodePlain(bytes: Uint8Array): EncodedHistogram {
  if (bytes.length < headerBytes) throw bad(`${bytes.length} bytes, shorter than a header`);
  const header = viewOf(bytes);
  const cookie = header.getUint32(0);
  if (cookie !== (plainCookie | variableLength)) throw bad(`cookie 0x${cookie.toString(16)}`);
  const payloadBytes = header.getInt32(4);
  if (payloadBytes < 0 || payloadBytes > bytes.length - headerBytes) {
    throw bad(`${payloadBytes} payload bytes announced in ${bytes.length} bytes`);
  }
  if (!holdsPlainIntegers(header)) {
    throw bad(`counters shifted by ${header.getInt32(8)} or values scaled`);
  }
  const settings = {
    lowestDiscernible: Number(header.getBigInt64(16)),
    highestTrackable: Number(header.getBigInt64(24)),
    significantDigits: header.getInt32(12) as HistogramLayout['significantDigits'],
  };
  const announced = layoutOf(() => new HistogramLayout(settings));
  const counters = readCounters(bytes.subarray(headerBytes, headerBytes + payloadBytes));
  // Writers that grow on demand announce less than they hold.
  const layout =
    counters.length <= announced.length
      ? announced
      : layoutOf(() => announced.upTo(announced.highestAt(counters.length - 1)));
  return { layout, counters };
}

/**
 * Whether the counters stand for the integers of their index, neither shifted nor scaled.
 * hdr-histogram-js writes neither field as the format has it (an offset of 1, and the ratio 1 as an
 * integer) and reads neither.
 */
function holdsPlainIntegers(header: DataView): boolean {
  const offset = header.getInt32(8);
  if (offset === 0) return header.getFloat64(32) === 1;
  return offset === 1 && header.getBigInt64(32) === 1n;
}

/** The layout made, or this format's error in place of the layout's. */
function layoutOf(make: () => HistogramLayout): HistogramLayout {
  try {
    return make();
  } catch (cause) {
    throw bad(isAmdahlError(cause) ? `a header with ${cause.found}` : 'a bad header', cause);
  }
}

/** Writes the first `used` counters from the position and returns the position after them. */
function writeCounters(
  bytes: Uint8Array,
  start: number,
  counters: Float64Array,
  used: number,
): number {
  let at = start;
  for (let index = 0; index < used; index += 1) {
    const count = counters[index] ?? 0;
    let empty = 0;
    while (index + empty < used && (counters[index + empty] ?? 0) === 0) empty += 1;
    // ZigZag: n as 2n, -n as 2n - 1. A single empty counter is a zero, a run of them a negative.
    let rest = empty > 1 ? 2 * empty - 1 : 2 * count;
    if (empty > 1) index += empty - 1;
    while (rest >= 0x80) {
      bytes[at] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 0x80);
      at += 1;
    }
    bytes[at] = rest;
    at += 1;
  }
  return at;
}

/** The counters of a payload, up to the last used one. */
function readCounters(payload: Uint8Array): Float64Array {
  let counters = new Float64Array(0);
  let index = 0;
  let used = 0;
  let total = 0;
  for (let at = 0; at < payload.length;) {
    let zigzag = 0;
    let scale = 1;
    let byte: number | undefined;
    do {
      byte = payload[at];
      if (byte === undefined || scale > 2 ** 49) {
        throw bad(`an incomplete or huge counter at index ${index}`);
      }
      zigzag += (byte & 0x7f) * scale;
      scale *= 0x80;
      at += 1;
    } while (byte >= 0x80);
    if ((zigzag & 1) === 1) {
      index += (zigzag + 1) / 2;
    } else {
      if (zigzag > 0) {
        if (index >= maxCounters) throw bad(`a counter at index ${index}, over ${maxCounters}`);
        if (index >= counters.length) counters = grownCounters(counters, index, maxCounters);
        counters[index] = zigzag / 2;
        total += zigzag / 2;
        used = index + 1;
      }
      index += 1;
    }
  }
  if (total > Number.MAX_SAFE_INTEGER) throw bad('more than 2^53 - 1 values');
  return counters.subarray(0, used);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(found: string, cause?: unknown): Error {
  return metricsErrors.create('AMDAHL_METRICS_BAD_HISTOGRAM', {
    expected: 'a histogram of integers in HdrHistogram V2 format, plain or compressed',
    found,
    next: 'Read the text or bytes again from the tool that wrote them; they may be cut off.',
    cause,
  });
}
