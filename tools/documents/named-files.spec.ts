import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const FILES = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);
const PLACES = new Set(FILES.flatMap((path) => [path, ...foldersOf(path)]));
/** Of its own words: what was there then, or what the reader is to write. */
const EXCEPT = new Set(['CHANGELOG.md', 'docs/adr/0036-openapi-routes-in-tables.md', 'docs/first-rule.md']);
const DOCUMENTS = FILES.filter((path) => path.endsWith('.md') && !EXCEPT.has(path));

function foldersOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === '.' ? [] : [parent, ...foldersOf(parent)];
}

/** Paths from the root in backquotes, and targets of links; patterns are left out. */
function pathsIn(document: string, text: string): readonly string[] {
  const quoted = [...text.matchAll(/`((?:apps|libs|test|tools|bench|docs|prisma|examples)\/[\w./-]+)`/g)];
  const linked = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)];
  return [
    ...quoted.map(([, path]) => path!.replace(/\/$/, '')),
    ...linked.map(([, path]) => normalize(join(dirname(document), path!)).replace(/\/$/, '')),
  ];
}

describe('documents', () => {
  it('name paths and link to files that are there', () => {
    const gone = DOCUMENTS.flatMap((document) =>
      pathsIn(document, readFileSync(document, 'utf8'))
        .filter((path) => !PLACES.has(path))
        .map((path) => `${document}: ${path}`),
    );
    expect(gone).toEqual([]);
  });

  it('name source files by names that are there', () => {
    const names = new Set(FILES.map((path) => path.slice(path.lastIndexOf('/') + 1)));
    const gone = DOCUMENTS.flatMap((document) =>
      [...readFileSync(document, 'utf8').matchAll(/`([a-z][a-z0-9-]*(?:\.[a-z0-9]+)*\.(?:ts|tsx|mjs))`/g)]
        .filter(([, name]) => !names.has(name!))
        .map(([, name]) => `${document}: ${name}`),
    );
    expect(gone).toEqual([]);
  });

  it('have an index of decisions that lists each by its title, once', () => {
    const index = readFileSync('docs/adr/README.md', 'utf8');
    const decisions = FILES.filter((path) => /^docs\/adr\/\d{4}-/.test(path)).map((path) => {
      const title = /^# (\d+)\. (.*)$/m.exec(readFileSync(path, 'utf8'));
      return `- ${title?.[1]}. [${title?.[2]}](${path.slice('docs/adr/'.length)})`;
    });
    const listed = index.split('\n').filter((line) => line.startsWith('- '));
    expect(listed.toSorted()).toEqual(decisions.toSorted());
  });
});
