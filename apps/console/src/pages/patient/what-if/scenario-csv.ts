interface Arm {
  readonly name: string;
  readonly points: readonly { readonly effectiveAt: string; readonly mean: number }[];
}

/** The mean paths of a scenario in the columns of all files of charts; the source says which arm, the quality that it is simulated. */
export function scenarioCsv(arms: readonly Arm[], code: string, unit: string): string {
  const rows = arms.flatMap(({ name, points }) =>
    points.map(({ effectiveAt, mean }) => [effectiveAt, code, String(mean), unit, `what-if: ${name}`, 'simulated']),
  );
  return [['effectiveAt', 'code', 'value', 'unit', 'source', 'quality'], ...rows]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

/** A cell that no spreadsheet takes for a formula; numbers stay numbers. */
function cell(text: string): string {
  const isNumber = text !== '' && Number.isFinite(Number(text));
  const defused = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
