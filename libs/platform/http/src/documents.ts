import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';

/** Text of a generated document of `docs/`, wherever this code runs from (source or dist). */
export async function readDocument(name: string): Promise<string | undefined> {
  const root = projectRoot(dirname(fileURLToPath(import.meta.url)));
  try {
    return await readFile(join(root, 'docs', name), 'utf8');
  } catch {
    return undefined;
  }
}

function projectRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
