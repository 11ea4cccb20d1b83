/** Tables as the evidence pages have them. */
export function printTable(heads: readonly string[], rows: Iterable<readonly string[]>): void {
  const line = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);
  line(heads);
  line(heads.map(() => '---'));
  for (const row of rows) line(row);
}

/** From the least to the most. */
export function span(values: readonly number[], digits = 0): string {
  const [least, most] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  return least === most ? least : `${least} to ${most}`;
}
