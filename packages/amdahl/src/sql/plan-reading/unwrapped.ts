/** The beginning of a node's figures up to the line's end, wherever the line was cut. */
const cutFigures =
  /(?:\s|\))\s\($|\s\((?:c|co|cos|cost|cost=[^()]*|a|ac|act|actu|actua|actual|actual [^()]*|ne|nev|neve|never|never [^()]*)$/;
const figuresFirst = /^ ?\((?:cost=|actual |never executed\))/;
const arrow = /->  /;
const property = /^\s*[A-Z][\w/ -]*?: /;

/**
 * Lines that a terminal broke inside a node's figures, put together again. Only there a break is
 * sure to be none of the statement's own.
 */
export function unwrapped(lines: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && goesOn(last, line)) found[found.length - 1] = last + line;
    else found.push(line);
  }
  return found;
}

function goesOn(last: string, line: string): boolean {
  if (arrow.test(line) || property.test(last)) return false;
  return cutFigures.test(last) || (figuresFirst.test(line) && last.trim() !== '');
}
