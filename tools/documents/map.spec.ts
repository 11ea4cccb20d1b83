import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const MAP = readFileSync('docs/map.md', 'utf8');
/** Packages of which the map names folders, and where it does. */
const NAMED = [
  ...MAP.matchAll(/^\| `(apps\/[^`]+)` *\|[^|]*\|(.*)\|$/gm),
  ...MAP.matchAll(/^- \*\*`(libs\/[^`]+)`\*\*.*\n {2}Folders: (.*)$/gm),
].map(([, path, text]) => ({ path: path!, folders: foldersIn(text!) }));

interface Folder {
  readonly name: string;
  readonly within: readonly string[];
}

/** `name what it is (\`inner\`, \`another\`)` between middle dots. */
function foldersIn(text: string): readonly Folder[] {
  return [...text.matchAll(/(?:^|·)\s*`([\w-]+)`([^·(]*(?:\(([^)]*)\))?)/g)].map(([, name, , inner]) => ({
    name: name!,
    within: [...(inner ?? '').matchAll(/`([\w-]+)`/g)].map(([, one]) => one!),
  }));
}

function foldersOf(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
    .map(({ name }) => name);
}

describe('the map of packages', () => {
  it('answers where things are with files that are there', () => {
    const answers = [...MAP.matchAll(/^- [A-Z].*\? `([^`]+)`$/gm)].map(([, path]) => path!);
    expect(answers.length).toBeGreaterThanOrEqual(10);
    expect(answers.filter((path) => !path.includes('<') && !existsSync(path))).toEqual([]);
  });

  it('names no app or library that is not there, and none twice', () => {
    const named = [...MAP.matchAll(/^(?:\| |- \*\*)`((?:apps|libs)\/[^`]+)`/gm)].map(([, path]) => path!);
    expect(named.filter((path) => !existsSync(`${path}/src`))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  it('names the folders of a package that are there, each once', () => {
    expect(NAMED.length).toBeGreaterThan(20);
    for (const { path, folders } of NAMED) {
      const names = folders.map(({ name }) => name);
      expect([path, names.toSorted()]).toEqual([path, foldersOf(`${path}/src`).toSorted()]);
      for (const { name, within } of folders)
        expect([name, within.filter((one) => !existsSync(`${path}/src/${name}/${one}`))]).toEqual([name, []]);
    }
  });

  it('names the folders of every library that has any', () => {
    const libraries = ['libs', 'libs/domain', 'libs/platform', 'libs/testing']
      .flatMap((parent) => foldersOf(parent).map((name) => `${parent}/${name}`))
      .filter((path) => existsSync(`${path}/src/index.ts`));
    const silent = libraries.filter((path) => NAMED.every((one) => one.path !== path));
    expect(silent.filter((path) => foldersOf(`${path}/src`).length > 0)).toEqual([]);
  });
});
