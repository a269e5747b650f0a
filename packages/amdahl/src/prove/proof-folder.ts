import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { proveErrors } from './prove-errors.ts';
import type { Proof } from './proof.ts';
import { renderProofHtml } from './render-html.ts';

const proofFile = 'proof.json';
const pageFile = 'proof.html';

/**
 * Makes the folder for a proof, so that a full disk or a missing permission shows before anything is
 * measured. It must be empty or not exist yet.
 *
 * @throws AMDAHL_PROVE_NOT_WRITTEN
 */
export async function createProofFolder(directory: string): Promise<void> {
  const files = await writing(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return readdir(directory);
  });
  if (files.length === 0) return;
  throw notWritten(directory, `it already holds files, ${files[0]} among them`);
}

/** Takes the folder away again when nothing was written to it. */
export async function discardIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch(() => undefined);
}

/**
 * Writes `proof.json` and the page made from it, readable by the owner only. Returns the page's
 * path.
 *
 * @throws AMDAHL_PROVE_NOT_WRITTEN
 */
export function saveProof(directory: string, proof: Proof): Promise<string> {
  const page = join(directory, pageFile);
  return writing(directory, async () => {
    await replaceFile(join(directory, proofFile), `${JSON.stringify(proof)}\n`);
    await replaceFile(page, renderProofHtml(proof));
    return page;
  });
}

async function writing<Result>(directory: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    throw notWritten(directory, (cause as Error).message, cause);
  }
}

function notWritten(directory: string, found: string, cause?: unknown): Error {
  return proveErrors.create('AMDAHL_PROVE_NOT_WRITTEN', {
    expected: `an empty folder for the proof at "${directory}", with room and permission to write`,
    found,
    next: 'Free some space, or give --out another folder.',
    details: { directory },
    cause,
  });
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
