/** Text laid out in columns and lines. Lengths are counted before colours are put on. */

/** Text of the measured service without the codes that would move the cursor or colour the screen. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** Words broken into lines no longer than `width`, unless a word is. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of printable(text)
    .split(/\s+/)
    .filter((part) => part !== '')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

export function indented(text: string, by: number, width: number): readonly string[] {
  return wrapped(text, width - by).map((line) => `${' '.repeat(by)}${line}`);
}

export interface Column {
  readonly label: string;
  readonly align?: 'left' | 'right';
  /** Takes what the others leave; its cells are cut to fit. At most one column. */
  readonly flexible?: true;
}

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const gap = '  ';

/** A table with a header line, as wide as it needs to be and never wider than `width`. */
export function columns(
  header: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paintHeader: (text: string) => string,
): readonly string[] {
  const widths = header.map((column, index) =>
    Math.max(column.label.length, ...rows.map((row) => row[index]?.text.length ?? 0)),
  );
  const flexible = header.findIndex((column) => column.flexible === true);
  const total = widths.reduce((sum, each) => sum + each, 0) + gap.length * (header.length - 1);
  if (flexible >= 0 && total > width) {
    widths[flexible] = Math.max(8, (widths[flexible] ?? 0) - (total - width));
  }
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, paint }, index) => {
        const room = widths[index] ?? 0;
        const shown = printable(text);
        const cut = shown.length > room ? `${shown.slice(0, room - 1)}…` : shown;
        const padded = header[index]?.align === 'right' ? cut.padStart(room) : cut.padEnd(room);
        return paint === undefined ? padded : paint(padded);
      })
      .join(gap)
      .trimEnd();
  const head = line(header.map(({ label }) => ({ text: label })));
  return [paintHeader(head), ...rows.map(line)];
}
