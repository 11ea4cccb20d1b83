/** A name on lines of at most so many characters, broken after spaces and hyphens; a longer word stays whole. */
export function wrapped(name: string, characters: number): string {
  const lines: string[] = [];
  let line = '';
  for (const part of name.split(/(?<=[\s-])/)) {
    if (line !== '' && (line + part).trimEnd().length > characters) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += part;
  }
  return [...lines, line.trimEnd()].join('\n');
}
