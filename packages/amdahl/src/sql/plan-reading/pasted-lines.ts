import { unwrapped } from './unwrapped.ts';

/** A line of box drawing and nothing else, such as psql draws around its results. */
const border = /^[\s+|─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬-]*(?:-{3}|─{3}|═{3})[\s+|─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬-]*$/;
const header = /^\s*"?QUERY PLAN"?\s*$/;
/** Below the result, in psql's language: how many rows, how long it took. */
const footer = /^\s*\(\d+ \p{L}+\)\s*$|^\p{L}+: [\d.,]+ ms(?: \([\d:.]+\))?$/u;
const piped = /^\s*[|│║](.*)[|│║]\s*$/;
const pipe = /^[|│║]/;
/** Marks a value that goes on in the next line. */
const continuation = /[+↵]$/;
const quoted = /^\s*"(.*)"\s*$/;

/**
 * The lines of a plan without what the program it was copied from drew around them: psql's header,
 * borders, pipes, `+` and row count, pgAdmin's quotes, a log's tabs.
 */
export function pastedLines(text: string): readonly string[] {
  const lines = unwrapped(
    text
      .replace(/^\uFEFF/, '')
      .replaceAll('\u00a0', ' ')
      .split(/\r\n|\r|\n/),
  ).map((line) => line.replaceAll('\t', '        ').trimEnd());
  const filled = lines.filter((line) => line !== '');
  const inQuotes = filled.length > 0 && filled.every((line) => quoted.test(line));
  const toTheRight = filled.filter(isPipedRight).length > filled.length / 2;
  const bare = lines
    .map((line) => (toTheRight && isPipedRight(line) ? line.slice(0, -1).trimEnd() : line))
    .map((line) => (inQuotes ? line.replace(quoted, '$1').replaceAll('""', '"') : line))
    .filter((line) => !border.test(line) && !footer.test(line))
    .map((line) => (piped.exec(line)?.[1] ?? line).trimEnd());
  const marked = bare.filter((line) => continuation.test(line)).length;
  const fromPsql = bare.some((line) => header.test(line)) || marked > bare.length / 2;
  return bare
    .filter((line) => !header.test(line))
    .map((line) => (fromPsql ? line.replace(continuation, '') : line).trimEnd())
    .filter((line) => line !== '');
}

/** DBeaver draws a line to the right alone. */
function isPipedRight(line: string): boolean {
  return /[|│║]$/.test(line) && !pipe.test(line.trimStart());
}
