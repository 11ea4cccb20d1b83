// `node tools/tree-figures.mjs [FOLDER …]`: figures of the source tree of one or more checkouts, as a Markdown table.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const SOURCE = /^(apps|libs)\/.*\.ts$/;
const NOT_WRITTEN = /\.generated\.|\/generated\//;
const TEST = /\.(spec|fixture|contract)\.ts$/;
/** A stretch of so many lines, blank ones and imports left out, that stands twice counts as duplicated. */
const STRETCH = 8;

function figuresOf(root) {
  const files = execFileSync('git', ['-C', root, 'ls-files'], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => SOURCE.test(path) && !NOT_WRITTEN.test(path));
  const shipped = files.filter((path) => !TEST.test(path));
  const text = new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  const folders = largest(files.map((path) => dirname(path)));
  const lines = shipped.map((path) => [path, text.get(path).split('\n').length]).sort((a, b) => b[1] - a[1]);
  const [longest] = lines.filter(([path]) => !/\/models\//.test(path));
  return {
    'files (of these tests)': `${files.length} (${files.length - shipped.length})`,
    'most files in a folder': `${folders[0][1]} (${folders[0][0]})`,
    'folders with more than 15 files': folders.filter(([, count]) => count > 15).length,
    'the same without tests': largest(shipped.map((path) => dirname(path))).filter(([, count]) => count > 15).length,
    'files in import cycles': cycles(root, shipped, text),
    'longest file, lines': `${longest[1]} (${longest[0]})`,
    'files over 250 lines': lines.filter(([path, count]) => count > 250 && !/\/models\//.test(path)).length,
    [`duplicated lines (stretches of ${STRETCH})`]: duplicated(shipped, text),
    'exported names per library, mean': mean(exportsOf(root, shipped)),
    'exported names, most': most(exportsOf(root, shipped)),
  };
}

function largest(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** Files in strongly connected groups of relative imports, those of types included (Tarjan). */
function cycles(root, files, text) {
  const known = new Set(files);
  const targets = new Map(
    files.map((path) => [
      path,
      [...text.get(path).matchAll(/from '(\.{1,2}\/[^']+)\.js'/g)]
        .map(([, to]) => join(dirname(path), `${to}.ts`))
        .filter((to) => known.has(to)),
    ]),
  );
  let [next, inCycles] = [0, 0];
  const [index, low, stack] = [new Map(), new Map(), []];
  const visit = (path) => {
    index.set(path, next);
    low.set(path, next++);
    stack.push(path);
    for (const to of targets.get(path)) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(path, Math.min(low.get(path), low.get(to)));
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1) inCycles += group.length;
  };
  for (const path of files) if (!index.has(path)) visit(path);
  return inCycles;
}

/** The text without what it imports and passes on, its line breaks kept. */
function withoutLists(text) {
  return text.replace(/^(import|export [{*])[^;]*;/gm, (list) => list.replace(/[^\n]/g, ''));
}

function duplicated(files, text) {
  const seen = new Map();
  const marked = new Set();
  for (const path of files) {
    if (/\/models\//.test(path)) continue;
    const lines = withoutLists(text.get(path))
      .split('\n')
      .map((line, at) => [line.trim(), at])
      .filter(([line]) => line.length > 3 && !/^(\/?\*|\/\/)/.test(line));
    for (let i = 0; i + STRETCH <= lines.length; i++) {
      const stretch = lines.slice(i, i + STRETCH);
      const key = stretch.map(([line]) => line).join('\n');
      const first = seen.get(key);
      if (first === undefined)
        seen.set(
          key,
          stretch.map(([, at]) => `${path}:${at}`),
        );
      else for (const place of [...stretch.map(([, at]) => `${path}:${at}`), ...first]) marked.add(place);
    }
  }
  return marked.size;
}

/** Names that each library's index.ts exports, `export *` followed. */
function exportsOf(root, files) {
  const program = ts.createProgram(
    files.filter((path) => /^libs\/.*\/src\/index\.ts$/.test(path)).map((path) => join(root, path)),
    { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, noLib: true, types: [] },
  );
  const checker = program.getTypeChecker();
  return program.getRootFileNames().map((path) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(path));
    const name = path.slice(resolve(root).length + 1).replace('/src/index.ts', '');
    return [name, symbol === undefined ? 0 : checker.getExportsOfModule(symbol).length];
  });
}

function mean(list) {
  const sum = list.reduce((total, [, count]) => total + count, 0);
  return `${(sum / list.length).toFixed(1)} (${list.length} libraries, ${sum} names)`;
}

function most(list) {
  const [name, count] = list.toSorted((a, b) => b[1] - a[1])[0];
  return `${count} (${name})`;
}

const roots = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['.'];
const all = roots.map((root) => figuresOf(resolve(root)));
const heads = roots.map((root) =>
  execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
);
console.log(`| | ${heads.join(' | ')} |\n| --- | ${heads.map(() => '---').join(' | ')} |`);
for (const name of Object.keys(all[0])) console.log(`| ${name} | ${all.map((figures) => figures[name]).join(' | ')} |`);
