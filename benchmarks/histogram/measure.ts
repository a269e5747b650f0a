/** Measures one variant in this process of its own and prints the figures as JSON. */
import { variants } from './variants.ts';

const valueCount = 1_000_000;
const recordPasses = 8;
const codecPasses = 400;

export interface Figures {
  readonly recordNs: number;
  readonly percentileUs: number;
  readonly encodeUs: number;
  readonly decodeUs: number;
  readonly encodedBytes: number;
}

const make = variants[process.argv[2] ?? ''];
if (make === undefined) throw new Error(`expected one of ${Object.keys(variants).join(', ')}`);
const variant = await make();
const values = latencies(valueCount);

variant.record(values);
const recordNs = nanoseconds(recordPasses, () => variant.record(values)) / valueCount;
let text = variant.encode();
repeat(codecPasses, () => variant.p99() + variant.decode(variant.encode()));
const figures: Figures = {
  recordNs,
  percentileUs: nanoseconds(codecPasses, () => variant.p99()) / 1_000,
  encodeUs: nanoseconds(codecPasses, () => (text = variant.encode())) / 1_000,
  decodeUs: nanoseconds(codecPasses, () => variant.decode(text)) / 1_000,
  encodedBytes: text.length,
};
if (variant.decode(text) !== valueCount * (recordPasses + 1)) throw new Error('values were lost');
process.stdout.write(JSON.stringify(figures));

/** Mean CPU time of one call, the garbage collector's included: other processes do not add to it. */
function nanoseconds(passes: number, call: () => unknown): number {
  const before = process.cpuUsage();
  repeat(passes, call);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / passes;
}

function repeat(passes: number, call: () => unknown): void {
  for (let pass = 0; pass < passes; pass += 1) call();
}

/** Log-normal latencies in microseconds around 5 ms, the same in every process. */
function latencies(count: number): Float64Array {
  let state = 42;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float64Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.round(5_000 * Math.exp(normal));
  });
}
