/** Figures and lists as people read them. Durations are `formatMs` of `@amdahl/metrics`. */

/** `1.2 MB`, decimal units, three significant digits at most. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return `${bytes < 0 ? '-' : ''}${digits} ${units[unit]}`;
}

/** `12 %`; one decimal below 10 %, `< 0.1 %` for less than that. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}

const withCommas = new Intl.NumberFormat('en-US');

/** Thousands separated by commas, fractions only below 100: `12,345`, `3.4`. */
export function formatCount(count: number): string {
  const rounded = Math.abs(count) < 100 ? Number(count.toPrecision(3)) : Math.round(count);
  return withCommas.format(rounded);
}

/** `1 call`, `3 calls`. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`; beyond `most` items `a, b and 3 others`. */
export function listed(items: readonly string[], most: number = 3): string {
  const shown = items.length <= most ? items : items.slice(0, most - 1);
  const rest = items.length - shown.length;
  const parts = rest > 0 ? [...shown, counted(rest, 'other')] : shown;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** A text on one line, cut with an ellipsis. */
export function shortened(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** A file by its folder and name: enough to find it, whatever machine it lies on. */
export function shortPath(file: string): string {
  return file.split(/[/\\]/).slice(-2).join('/');
}
