import { styleText } from 'node:util';
import type { Tier } from '../../artifacts/run-result.ts';
import type { Band } from '../../predict/objectives.ts';

type Format = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is where colours are not wanted. */
export type Paint = (format: Format, text: string) => string;

export function paintFor(colour: boolean): Paint {
  return colour
    ? (format, text) => (text === '' ? '' : styleText(format, text, { validateStream: false }))
    : (_, text) => text;
}

export function heading(text: string, paint: Paint): string {
  return paint('bold', text);
}

export const bandColours: Readonly<Record<Band, 'green' | 'yellow' | 'red'>> = {
  good: 'green',
  acceptable: 'yellow',
  poor: 'red',
};

/** Each tier's colour, and the letter that stands for it where there are none. */
export const tierMarks: Readonly<
  Record<Tier, { readonly colour: Format; readonly letter: string }>
> = {
  database: { colour: 'blue', letter: 'd' },
  pool: { colour: 'magenta', letter: 'p' },
  http: { colour: 'cyan', letter: 'h' },
  socket: { colour: 'magentaBright', letter: 's' },
  compute: { colour: 'yellow', letter: 'c' },
  other: { colour: 'white', letter: 'o' },
  outside: { colour: 'gray', letter: '-' },
};
