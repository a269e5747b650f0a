/** The histograms compared, behind one interface: an hour in microseconds, three digits. */
import { Histogram } from '@amdahl/metrics';
import * as hdr from 'hdr-histogram-js';

export interface Variant {
  record(values: Float64Array): void;
  p99(): number;
  encode(): string;
  /** The number of values decoded. */
  decode(text: string): number;
}

export const variants: Readonly<Record<string, () => Promise<Variant>>> = {
  '@amdahl/metrics': async () => {
    const histogram = new Histogram();
    return {
      record: (values) => {
        for (const value of values) histogram.record(value);
      },
      p99: () => histogram.valueAtPercentile(99),
      encode: () => histogram.toBase64(),
      decode: (text) => Histogram.fromBase64(text).count,
    };
  },
  'hdr-histogram-js': async () => hdrVariant(false),
  'hdr-histogram-js, WebAssembly': async () => {
    await hdr.initWebAssembly();
    return hdrVariant(true);
  },
};

function hdrVariant(useWebAssembly: boolean): Variant {
  // 64-bit counters: the only ones that count beyond 2^32, as those of @amdahl/metrics do.
  const histogram = hdr.build({
    bitBucketSize: 64,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly,
  });
  return {
    record: (values) => {
      for (const value of values) histogram.recordValue(value);
    },
    p99: () => histogram.getValueAtPercentile(99),
    encode: () => hdr.encodeIntoCompressedBase64(histogram),
    decode: (text) => {
      const decoded = hdr.decodeFromCompressedBase64(text, 64, useWebAssembly);
      const { totalCount } = decoded;
      decoded.destroy();
      return totalCount;
    },
  };
}
