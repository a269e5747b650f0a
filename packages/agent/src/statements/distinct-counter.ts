/** Up to here the count is exact. */
const exactLimit = 64;
/** Registers; the standard error is 1.04 / √256 = 6.5 %. */
const registerBits = 8;
const registerCount = 1 << registerBits;
/** Bias correction for 256 registers. */
const alpha = 0.7213 / (1 + 1.079 / registerCount);

/**
 * How many different hashes were added, in 256 bytes however many: exact up to 64, HyperLogLog
 * beyond (Flajolet, Fusy, Gandouet, Meunier: "HyperLogLog: the analysis of a near-optimal
 * cardinality estimation algorithm", 2007), with its linear counting for the small range.
 */
export class DistinctCounter {
  #exact: Set<number> | null = new Set();
  #registers: Uint8Array | null = null;

  /** Adds a 32-bit hash. */
  add(hash: number): void {
    if (this.#exact !== null) {
      this.#exact.add(hash);
      if (this.#exact.size <= exactLimit) return;
      this.#registers = new Uint8Array(registerCount);
      for (const earlier of this.#exact) register(this.#registers, earlier);
      this.#exact = null;
    } else if (this.#registers !== null) {
      register(this.#registers, hash);
    }
  }

  get count(): number {
    if (this.#registers === null) return this.#exact?.size ?? 0;
    let harmonic = 0;
    let empty = 0;
    for (const rank of this.#registers) {
      harmonic += 2 ** -rank;
      if (rank === 0) empty += 1;
    }
    const estimate = (alpha * registerCount ** 2) / harmonic;
    const small = estimate <= 2.5 * registerCount && empty > 0;
    return Math.round(small ? registerCount * Math.log(registerCount / empty) : estimate);
  }
}

function register(registers: Uint8Array, hash: number): void {
  const mixed = mix(hash);
  const index = mixed >>> (32 - registerBits);
  const rank = Math.min(Math.clz32(mixed << registerBits), 32 - registerBits) + 1;
  if (rank > (registers[index] as number)) registers[index] = rank;
}

/** Spreads the bits evenly: the finalizer of MurmurHash3 (Austin Appleby, public domain). */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
