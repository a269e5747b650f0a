import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { explainErrors } from './explain-errors.ts';

/** Larger than any plan a person pastes; a log of a day is for `amdahl sql`. */
const mostBytes = 50_000_000;

/**
 * The text an argument stands for: standard input for `-`, a file's content where there is a file
 * of this name, else the argument itself.
 *
 * @throws AMDAHL_EXPLAIN_NO_INPUT
 */
export async function readInput(
  argument: string,
  cwd: string,
  stdin: AsyncIterable<Buffer | string>,
): Promise<string> {
  if (argument === '-') return readStream(stdin);
  const file = resolve(cwd, argument);
  const found = await stat(file).catch(() => null);
  if (found === null) {
    if (!looksLikeFile(argument)) return argument;
    throw noInput(
      `no file "${argument}"`,
      'Give a file that exists, a statement in quotes, or - for standard input.',
    );
  }
  if (!found.isFile() && !found.isFIFO())
    throw noInput(`"${argument}", which is no file`, 'Give a file.');
  if (found.size > mostBytes) {
    throw noInput(
      `"${argument}", which is larger than 50 MB`,
      'Give one plan; whole logs are for `amdahl sql`.',
    );
  }
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw noInput((error as Error).message, 'Give a file that can be read.');
  }
}

/** No statement is one word with an ending. */
function looksLikeFile(argument: string): boolean {
  return /^\S+\.(sql|txt|json|log|plan|out|csv|ya?ml|xml)$/i.test(argument.trim());
}

async function readStream(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

function noInput(found: string, next: string): Error {
  return explainErrors.create('AMDAHL_EXPLAIN_NO_INPUT', {
    expected: 'a file with a statement or a plan',
    found,
    next,
  });
}
