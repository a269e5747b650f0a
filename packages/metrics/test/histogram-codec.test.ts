import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import * as hdr from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { Histogram, isAmdahlError } from '../src/index.ts';
import { contents, histogramOf, latencies, percentage } from './arbitraries.ts';
import { coded } from './coded.ts';

const settings = fc.record({
  significantDigits: fc.constantFrom(1, 2, 3, 4),
  lowestDiscernible: fc.constantFrom(1, 7, 1_000),
});

describe('hdr-histogram-js', () => {
  test('reads what is written here', () => {
    fc.assert(
      fc.property(latencies, settings, percentage, (values, options, wanted) => {
        const text = histogramOf(values, options).toBase64();
        const own = Histogram.fromBase64(text);
        const theirs = hdr.decodeFromCompressedBase64(text, 64);
        expect(theirs.totalCount).toBe(values.length);
        expect(theirs.highestTrackableValue).toBe(3_600_000_000);
        expect(theirs.getValueAtPercentile(wanted)).toBe(own.valueAtPercentile(wanted));
      }),
    );
  });

  test('writes what is read here', () => {
    fc.assert(
      fc.property(latencies, settings, percentage, (values, options, wanted) => {
        const theirs = hdr.build({
          bitBucketSize: 64,
          lowestDiscernibleValue: options.lowestDiscernible,
          highestTrackableValue: 3_600_000_000,
          numberOfSignificantValueDigits: options.significantDigits as 1,
        });
        for (const value of values) theirs.recordValue(value);
        const own = Histogram.fromBase64(hdr.encodeIntoCompressedBase64(theirs));
        expect(own.count).toBe(values.length);
        expect(own.mean).toBeCloseTo(theirs.mean, 3);
        expect(own.standardDeviation).toBeCloseTo(theirs.stdDeviation, 3);
        expect(own.valueAtPercentile(wanted)).toBe(theirs.getValueAtPercentile(wanted));
        expect([...own.buckets()]).toEqual([...histogramOf(values, options).buckets()]);
      }),
    );
  });

  test('may announce a smaller range than it holds', () => {
    const growing = hdr.build({ bitBucketSize: 64 });
    growing.recordValue(1_500);
    expect(growing.highestTrackableValue).toBe(2);
    const own = Histogram.fromBase64(hdr.encodeIntoCompressedBase64(growing));
    expect(own.max).toBe(1_500);
    expect(own.highestTrackable).toBe(1_500);
  });
});

test('reads what the Java library wrote', () => {
  // An interval of a jHiccup 2.0.7 log, as in the tests of the HdrHistogram projects: two digits,
  // discernible from 20,000 ns. The log gives its maximum as 2.769 ms.
  const own = Histogram.fromBase64(
    'HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNYMcCBvsPEBEJISEuATEZMQ4uASkhIR4nrxg9v2lMaxhvMekILGZkKmcCAEf2CsI=',
  );
  expect(own.lowestDiscernible).toBe(20_000);
  expect(own.significantDigits).toBe(2);
  expect(own.count).toBe(741);
  expect(Math.floor(own.mean)).toBe(301_998);
  expect(own.max).toBe(2_768_895);
});

describe('the round trip', () => {
  test('keeps counts and settings, and the extremes as equivalent values', () => {
    fc.assert(
      fc.property(latencies, settings, (values, options) => {
        const original = histogramOf(values, options);
        for (const copy of [
          Histogram.decode(original.encode()),
          Histogram.fromBase64(original.toBase64()),
        ]) {
          const buckets = [...original.buckets()];
          expect([...copy.buckets()]).toEqual(buckets);
          expect(copy.count).toBe(original.count);
          expect(copy.min).toBe(buckets.at(0)?.from);
          expect(copy.max).toBe(buckets.at(-1)?.to);
          expect(copy.significantDigits).toBe(options.significantDigits);
          expect(copy.lowestDiscernible).toBe(options.lowestDiscernible);
          expect(copy.highestTrackable).toBe(3_600_000_000);
          expect(copy.encode()).toEqual(original.encode());
        }
      }),
    );
  });

  test('keeps counts of every length up to 2^53 - 1', () => {
    for (let bits = 0; bits <= 53; bits += 1) {
      const histogram = new Histogram();
      histogram.record(10, 2 ** bits - 1);
      histogram.record(12, bits < 53 ? 2 ** bits : 0);
      expect([...Histogram.decode(histogram.encode()).buckets()]).toEqual([...histogram.buckets()]);
    }
  });

  test('keeps an empty histogram', () => {
    expect(contents(Histogram.fromBase64(new Histogram().toBase64()))).toEqual(
      contents(new Histogram()),
    );
  });

  test('goes on recording', () => {
    const copy = Histogram.decode(histogramOf([10]).encode());
    copy.record(3_600_000_000);
    copy.record(20);
    expect(copy.count).toBe(3);
    expect(copy.max).toBe(3_600_000_000);
  });
});

describe('garbage', () => {
  const good = histogramOf([1, 500, 70_000]);

  test.each(['', 'garbage', 'AAAA', '🙂', 'HISTFAAAAAB4nA=='])('%o is refused', (text) => {
    expect(() => Histogram.fromBase64(text)).toThrow(
      coded('AMDAHL_METRICS_BAD_HISTOGRAM', { exitCode: 3 }),
    );
  });

  test('is refused wherever good bytes are cut off', () => {
    for (const bytes of [good.encode(), new Uint8Array(Buffer.from(good.toBase64(), 'base64'))]) {
      for (let length = 0; length < bytes.length; length += 1) {
        expect(() => Histogram.decode(bytes.slice(0, length))).toThrow(
          coded('AMDAHL_METRICS_BAD_HISTOGRAM'),
        );
      }
    }
  });

  test('never does anything but throw the coded error or decode', () => {
    const mutation = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), (mutations) => {
        const bytes = good.encode();
        for (const [at, byte] of mutations) bytes[at % bytes.length] = byte;
        expect(outcomeOf(bytes)).toBeOneOf(['AMDAHL_METRICS_BAD_HISTOGRAM', 'usable']);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    { what: 'the V1 cookie', at: 0, bytes: [0x1c, 0x84, 0x93, 0x01], found: 'cookie 0x1c849301' },
    { what: 'a negative length', at: 4, bytes: [0xff], found: 'payload bytes' },
    { what: 'shifted counters', at: 11, bytes: [2], found: 'shifted by 2' },
    { what: 'no digits', at: 15, bytes: [0], found: 'significantDigits 0' },
    { what: 'six digits', at: 15, bytes: [6], found: 'significantDigits 6' },
    { what: 'a negative lowest value', at: 16, bytes: [0xff], found: 'lowestDiscernible -' },
    { what: 'a highest value beyond 2^53', at: 24, bytes: [0x7f], found: 'highestTrackable 9' },
    { what: 'fractions', at: 32, bytes: [0x40], found: 'scaled' },
  ])('$what is named', ({ at, bytes, found }) => {
    const encoded = good.encode();
    encoded.set(bytes, at);
    expect(() => Histogram.decode(encoded)).toThrow(
      coded('AMDAHL_METRICS_BAD_HISTOGRAM', { found: expect.stringContaining(found) }),
    );
  });

  test('that claims more values than can be counted is refused', () => {
    // Two counters of 2^53 - 1 each: 2^54 - 2 in ZigZag, seven full digits and a shorter one.
    const counter = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f];
    expect(Histogram.decode(withPayload(counter)).count).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => Histogram.decode(withPayload([...counter, ...counter]))).toThrow(
      coded('AMDAHL_METRICS_BAD_HISTOGRAM', { found: 'more than 2^53 - 1 values' }),
    );
  });

  test('that claims a huge counter or index is refused', () => {
    const endless = Array.from({ length: 9 }, () => 0xff);
    expect(() => Histogram.decode(withPayload(endless))).toThrow(
      coded('AMDAHL_METRICS_BAD_HISTOGRAM'),
    );
    // 2^28 empty counters, then a one.
    const farOut = [0xff, 0xff, 0xff, 0xff, 0x01, 2];
    expect(() => Histogram.decode(withPayload(farOut))).toThrow(
      coded('AMDAHL_METRICS_BAD_HISTOGRAM', { found: expect.stringContaining('at index 268') }),
    );
  });

  test('that inflates without end is refused', () => {
    const deflated = deflateSync(new Uint8Array(64 * 2 ** 20));
    const header = Buffer.alloc(8);
    header.writeUInt32BE(0x1c849314);
    header.writeUInt32BE(deflated.length, 4);
    expect(() => Histogram.decode(Buffer.concat([header, deflated]))).toThrow(
      coded('AMDAHL_METRICS_BAD_HISTOGRAM', {
        cause: expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }),
      }),
    );
  });

  /** The code of the error, or whether what was decoded can be used like any histogram. */
  function outcomeOf(bytes: Uint8Array): string {
    try {
      const histogram = Histogram.decode(bytes);
      histogram.record(histogram.highestTrackable);
      const again = Histogram.decode(histogram.encode());
      return again.count === histogram.count ? 'usable' : 'changed';
    } catch (error) {
      return isAmdahlError(error) ? error.code : String(error);
    }
  }

  /** A good header before the payload. */
  function withPayload(payload: readonly number[]): Uint8Array {
    const bytes = Buffer.concat([good.encode().subarray(0, 40), Uint8Array.from(payload)]);
    bytes.writeInt32BE(payload.length, 4);
    return bytes;
  }
});
