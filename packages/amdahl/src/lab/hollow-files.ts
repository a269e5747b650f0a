import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { chownSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { hollowTree, pageBytes, pointAtRoot, treeHeight, visibilityPage } from './btree-pages.ts';

/** PostgreSQL splits a relation into files of 1 GiB: `16384`, `16384.1`, `16384.2`, … */
const segmentPages = 131_072;

/**
 * Gives a relation its true number of pages without writing them: the files become sparse, and zeros
 * read as empty pages. The server must not be running.
 *
 * @param path the relation's first file
 */
export function extendRelation(path: string, pages: number): void {
  const { uid, gid } = statSync(path);
  for (let segment = 0; segment * segmentPages < pages || segment === 0; segment += 1) {
    const segmentPath = segment === 0 ? path : `${path}.${segment}`;
    const isNew = !existsSync(segmentPath);
    const file = openSync(segmentPath, isNew ? 'w' : 'r+', 0o600);
    const wanted = Math.min(pages - segment * segmentPages, segmentPages) * pageBytes;
    if (fstatSync(file).size < wanted) ftruncateSync(file, wanted);
    closeSync(file);
    if (isNew && process.getuid?.() === 0) chownSync(segmentPath, uid, gid);
  }
}

/**
 * Extends an empty B-tree and gives it the height a tree of that size has. The server must not be
 * running, and the cluster must have no page checksums.
 *
 * @param endsPath a B-tree of one leaf, whose entries the last leaf is given
 */
export function extendBtree(
  path: string,
  pages: number,
  keyWidthBytes: number,
  endsPath: string | null,
): void {
  const height = treeHeight(pages, keyWidthBytes);
  const leaf = endsPath === null ? null : readPage(endsPath, 1);
  const tree = hollowTree(height, leaf);
  extendRelation(path, Math.max(pages, 1 + tree.length / pageBytes));
  const metapage = readPage(path, 0);
  pointAtRoot(metapage, height);
  const file = openSync(path, 'r+');
  writeSync(file, metapage, 0, pageBytes, 0);
  writeSync(file, tree, 0, tree.length, pageBytes);
  closeSync(file);
}

function readPage(path: string, block: number): Buffer {
  const file = openSync(path, 'r');
  const page = Buffer.alloc(pageBytes);
  readSync(file, page, 0, pageBytes, block * pageBytes);
  closeSync(file);
  return page;
}

/** Marks the first block of a table as visible to all. The server must not be running. */
export function markVisible(path: string): void {
  const { uid, gid } = statSync(path);
  const map = `${path}_vm`;
  writeFileSync(map, visibilityPage(), { mode: 0o600 });
  if (process.getuid?.() === 0) chownSync(map, uid, gid);
}
