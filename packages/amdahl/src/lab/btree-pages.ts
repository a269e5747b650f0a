/**
 * A B-tree that is all height and next to no content.
 *
 * The planner charges an index scan for the descent, and reads the tree's height from the index's
 * first page; when a constant lies beyond the histogram it also looks up the smallest or largest
 * key. So a hollow index needs a true metapage, and a tree that such a probe can walk: one page a
 * level, each with a single downlink, the last a leaf that is empty or holds these two keys.
 *
 * Page layout: src/include/storage/bufpage.h, src/include/access/nbtree.h and itup.h of PostgreSQL;
 * unchanged from version 12 to 18.
 */

export const pageBytes = 8192;

const headerBytes = 24;
/** Each B-tree page ends in 16 bytes of its own: siblings, level, flags. */
const specialStart = pageBytes - 16;
const layoutVersion = 4;

const flagLeaf = 1;
const flagRoot = 2;

/** A downlink without a key is 8 bytes: where to go (6), and its length with a flag (2). */
const downlinkBytes = 8;
/** "This tuple's link carries no heap address but the number of its key columns", here 0. */
const pivotFlag = 0x2000;
const linePointerBytes = 4;
const linePointerNormal = 1;

/** Offsets in the metapage of a B-tree. */
const meta = { root: 32, level: 36, fastRoot: 40, fastLevel: 44 } as const;

/** Block number of the root; the levels below it follow one by one. */
const rootBlock = 1;

/** Points the metapage of an index at a root `height` levels above the leaves. Changes `page`. */
export function pointAtRoot(page: Buffer, height: number): void {
  page.writeUInt32LE(rootBlock, meta.root);
  page.writeUInt32LE(height, meta.level);
  page.writeUInt32LE(rootBlock, meta.fastRoot);
  page.writeUInt32LE(height, meta.fastLevel);
}

/**
 * Blocks 1 to `height` + 1: the chain from the root to a leaf, which is empty or holds the entries of
 * another tree's only leaf.
 */
export function hollowTree(height: number, leaf: Buffer | null): Buffer {
  const pages = Array.from({ length: height + 1 }, (_, depth) =>
    depth === height && leaf !== null
      ? endsPage(leaf, height === 0)
      : treePage(height - depth, depth === 0, rootBlock + depth + 1),
  );
  return Buffer.concat(pages);
}

/** A copy of a leaf whose entries point at rows 1, 2, … of block 0. */
function endsPage(leaf: Buffer, isRoot: boolean): Buffer {
  const page = Buffer.from(leaf);
  const items = (page.readUInt16LE(12) - headerBytes) / linePointerBytes;
  for (let item = 0; item < items; item += 1) {
    const offset = page.readUInt32LE(headerBytes + item * linePointerBytes) & 0x7fff;
    page.writeUInt16LE(0, offset);
    page.writeUInt16LE(0, offset + 2);
    page.writeUInt16LE(item + 1, offset + 4);
  }
  page.writeUInt16LE(flagLeaf | (isRoot ? flagRoot : 0), specialStart + 12);
  return page;
}

/** A visibility map that says "visible to all" of block 0: two bits a block (visibilitymap.h). */
export function visibilityPage(): Buffer {
  const page = Buffer.alloc(pageBytes);
  page.writeUInt16LE(headerBytes, 12);
  page.writeUInt16LE(pageBytes, 14);
  page.writeUInt16LE(pageBytes, 16);
  page.writeUInt16LE(pageBytes | layoutVersion, 18);
  page.writeUInt8(1, headerBytes);
  return page;
}

function treePage(level: number, isRoot: boolean, childBlock: number): Buffer {
  const page = Buffer.alloc(pageBytes);
  const isLeaf = level === 0;
  const itemStart = specialStart - downlinkBytes;
  page.writeUInt16LE(isLeaf ? headerBytes : headerBytes + linePointerBytes, 12); // pd_lower
  page.writeUInt16LE(isLeaf ? specialStart : itemStart, 14); // pd_upper
  page.writeUInt16LE(specialStart, 16); // pd_special
  page.writeUInt16LE(pageBytes | layoutVersion, 18); // pd_pagesize_version
  if (!isLeaf) {
    // Line pointer: offset in 15 bits, state in 2, length in 15.
    const pointer = itemStart + linePointerNormal * 2 ** 15 + downlinkBytes * 2 ** 17;
    page.writeUInt32LE(pointer, headerBytes);
    page.writeUInt16LE(childBlock >>> 16, itemStart);
    page.writeUInt16LE(childBlock & 0xffff, itemStart + 2);
    page.writeUInt16LE(downlinkBytes | pivotFlag, itemStart + 6);
  }
  page.writeUInt32LE(level, specialStart + 8);
  page.writeUInt16LE((isLeaf ? flagLeaf : 0) | (isRoot ? flagRoot : 0), specialStart + 12);
  return page;
}

/** Bytes of a B-tree page that hold items. */
const usableBytes = pageBytes - headerBytes - 16;
/** Inner pages are split at random points, which leaves them about this full. */
const innerFill = 0.7;
const tupleHeaderBytes = 8;

/** Length of a key in an index tuple, padded to 8 bytes. */
export function alignedWidth(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Levels above the leaves of a B-tree of this many pages with keys of this mean width, padding included. */
export function treeHeight(pages: number, keyWidthBytes: number): number {
  const fanOut = (innerFill * usableBytes) / (tupleHeaderBytes + keyWidthBytes + linePointerBytes);
  let height = 0;
  for (let level = pages - 1; level > 1; level = Math.ceil(level / fanOut)) height += 1;
  return height;
}

/** Leaves are filled to 90 % when an index is built (its default fillfactor). */
const leafFill = 0.9;
/** A leaf tuple lists at most this many bytes of rows with one key (`_bt_load` in nbtsort.c). */
const postingListBytes = 812;
const rowAddressBytes = 6;

export interface BtreeContents {
  readonly rows: number;
  readonly keyWidthBytes: number;
  /** Different keys, for deduplication; null when the index cannot deduplicate. */
  readonly distinctKeys: number | null;
}

/** Pages of a freshly built B-tree. */
export function btreePages({ rows, keyWidthBytes, distinctKeys }: BtreeContents): number {
  const single = tupleHeaderBytes + alignedWidth(keyWidthBytes);
  const perList = (postingListBytes - single) / rowAddressBytes;
  const perKey = distinctKeys === null ? 1 : Math.max(1, rows / Math.max(distinctKeys, 1));
  const rowsPerTuple = Math.max(1, Math.min(perKey, perList));
  const tupleOf = (listed: number): number =>
    listed < 2 ? single : single + alignedWidth(listed * rowAddressBytes);
  // Some keys have a row less than the mean and some a row more: a row by itself needs no list.
  const fewer = Math.floor(rowsPerTuple);
  const share = rowsPerTuple - fewer;
  const tuple = (1 - share) * tupleOf(fewer) + share * tupleOf(fewer + 1);
  const leafBytes = (Math.max(rows, 0) / rowsPerTuple) * (tuple + linePointerBytes);
  const leaves = Math.max(1, Math.ceil(leafBytes / (usableBytes * leafFill)));
  const inner = Math.ceil((leaves * (single + linePointerBytes)) / (usableBytes * innerFill));
  return 1 + leaves + (leaves > 1 ? inner : 0);
}
