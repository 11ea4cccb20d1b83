import { existsSync, readFileSync } from 'node:fs';

/** A row of a table by column name; columns may stand in any order, names in any case. */
export type TableRow = ReadonlyMap<string, string>;

const MISSING = new Set(['', '-', 'na', 'n/a', 'nan', 'null', 'none']);

/** Fields of one line; a field in quotes may hold the separator, and "" is a quote. */
function fieldsOf(line: string, separator: string): readonly string[] {
  const fields = [''];
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (letter === '"') {
      if (quoted || line[i - 1] !== '"') quoted = !quoted;
      else {
        fields.push(`${fields.pop()}"`);
        quoted = true;
      }
    } else if (letter === separator && !quoted) fields.push('');
    else fields.push(`${fields.pop()}${letter}`);
  }
  return fields.map((field) => field.trim());
}

/** Rows of a CSV file with a header; separator is comma, semicolon or tab. No file, no rows. */
export function readTable(path: string): readonly TableRow[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '');
  const header = lines[0] ?? '';
  const separator = [',', ';', '\t'].find((mark) => header.includes(mark)) ?? ',';
  const columns = fieldsOf(header, separator).map((name) => name.toLowerCase());
  return lines.slice(1).map((line) => {
    const fields = fieldsOf(line, separator);
    return new Map(columns.map((name, i) => [name, fields[i] ?? '']));
  });
}

/** What a field says; undefined: nothing. */
export function textOf(row: TableRow, column: string): string | undefined {
  const text = row.get(column) ?? '';
  return MISSING.has(text.toLowerCase()) ? undefined : text;
}

/** The number in a field; an empty or unreadable one is missing, never zero. */
export function numberIn(row: TableRow, column: string): number | undefined {
  const value = Number(textOf(row, column) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
