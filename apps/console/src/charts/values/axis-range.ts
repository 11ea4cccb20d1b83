/** Lowest and highest of an axis that shows all `values`, with a twentieth of their span around them. null without any. */
export function axisRange(values: Iterable<number | null | undefined>): readonly [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  const margin = low === high ? Math.max(1, Math.abs(low) * 0.05) : (high - low) * 0.05;
  return [low - margin, high + margin];
}
