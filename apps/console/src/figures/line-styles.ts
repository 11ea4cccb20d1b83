import type { Palette } from '../charts/plot/palette.js';

/** More lines than this cannot be told apart. */
export const MAX_LINES = 6;

/** Dashes of the lines, in order: they are told apart without colour. */
export const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [12, 3, 2, 3], [5, 2], [1, 5]];

const COLOURS = ['accent', 'second', 'good', 'high', 'medium', 'text'] as const;

/** Colour of the nth line. */
export function colourOf(palette: Palette, n: number): string {
  return palette[COLOURS[n % COLOURS.length]!];
}

/** The class of the same colour, for a legend. */
export function colourClass(n: number): string {
  return `line-${COLOURS[n % COLOURS.length]!}`;
}
