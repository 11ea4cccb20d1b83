/** Colours of a chart, from the custom properties of the theme as the browser resolves them. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  readonly accent: string;
  readonly second: string;
  readonly high: string;
  readonly medium: string;
  readonly low: string;
  readonly good: string;
}

const PROPERTIES: Readonly<Record<keyof Palette, string>> = {
  text: '--text',
  muted: '--muted',
  line: '--line',
  grid: '--chart-grid',
  accent: '--accent',
  second: '--chart-second',
  high: '--high',
  medium: '--medium',
  low: '--low',
  good: '--good',
};

/** The theme's colours at `element`: a canvas does not know `light-dark()`, so that the browser is asked for each. */
export function paletteAt(element: HTMLElement): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const colourOf = (property: string): string => {
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  };
  const palette = Object.fromEntries(Object.entries(PROPERTIES).map(([name, property]) => [name, colourOf(property)]));
  probe.remove();
  return palette as unknown as Palette;
}

/** The colour, see-through: `share` 0 to 1. */
export function faded(colour: string, share: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(share * 100)}%, transparent)`;
}
