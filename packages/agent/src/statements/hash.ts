/*
 * FNV-1a over UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/): a few instructions a
 * character and good enough to tell values apart; collisions are one in four thousand million.
 */
const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** Characters of a long text that are looked at, its length apart. */
const readLength = 256;

export const emptyHash: number = offsetBasis;

export function hashNumber(hash: number, value: number): number {
  return Math.imul(hash ^ value, prime) >>> 0;
}

export function hashText(hash: number, text: string): number {
  let result = hash ^ text.length;
  const length = text.length < readLength ? text.length : readLength;
  for (let at = 0; at < length; at += 1) {
    result = Math.imul(result ^ text.charCodeAt(at), prime);
  }
  return result >>> 0;
}

export function hashBytes(hash: number, bytes: Uint8Array, from: number = 0): number {
  let result = hash ^ bytes.length;
  const end = Math.min(bytes.length, from + readLength);
  for (let at = from; at < end; at += 1) {
    result = Math.imul(result ^ (bytes[at] as number), prime);
  }
  return result >>> 0;
}
