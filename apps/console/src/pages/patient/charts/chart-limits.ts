import type { DrawnLimit } from '../../../charts/plot/backdrop.js';
import { numberText } from '../../../charts/values/reading-texts.js';

interface LimitInForce {
  readonly code: string;
  readonly direction: 'low' | 'high';
  readonly value: number;
  readonly severity: 'high' | 'medium' | 'low';
}

interface Target {
  readonly low: number;
  readonly high: number;
}

/** The limits of a measure as lines: one per value and direction, of the highest severity. */
export function drawnLimits(limits: readonly LimitInForce[], code: string): readonly DrawnLimit[] {
  const order = { high: 0, medium: 1, low: 2 };
  const lines = new Map<string, DrawnLimit>();
  for (const { direction, value, severity } of limits.filter((one) => one.code === code)) {
    const key = `${direction} ${value}`;
    const line = lines.get(key);
    if (line !== undefined && order[line.severity] <= order[severity]) continue;
    lines.set(key, { value, direction, severity, label: `${direction === 'low' ? '<' : '>'} ${numberText(value)}` });
  }
  return [...lines.values()];
}

/** The target range of the person where there is one, else that of adults. */
export function targetOf(
  ofPerson: readonly (Target & { readonly code: string })[] | undefined,
  ofAdults: Target | null | undefined,
  code: string,
): Target | null {
  return ofPerson?.find((one) => one.code === code) ?? ofAdults ?? null;
}
