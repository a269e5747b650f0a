/** A place in a text, both counted from one. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Under the label of an error's second line, where it goes on. */
const indent = ' '.repeat(12);
/** Of a line shown; longer ones are cut around the place. */
const mostShown = 100;

/** @param position in characters, from zero */
export function placeOf(text: string, position: number): Place {
  const before = charactersOf(text).slice(0, position).join('').split('\n');
  return { line: before.length, column: charactersOf(before.at(-1) ?? '').length + 1 };
}

/** The line with a caret below the place, as the lines after a message. */
export function pointAt(text: string, { line, column }: Place): string {
  const characters = charactersOf((text.split('\n')[line - 1] ?? '').replaceAll('\t', ' '));
  const start = Math.max(0, column - 1 - mostShown / 2);
  const shown = characters.slice(start, start + mostShown).join('');
  const [left, right] = [start > 0 ? '…' : '', start + mostShown < characters.length ? '…' : ''];
  const caret = `${' '.repeat(left.length + column - 1 - start)}^`;
  return `\n${indent}${left}${shown}${right}\n${indent}${caret}`;
}

/** As PostgreSQL counts them: code points. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(text);
}
