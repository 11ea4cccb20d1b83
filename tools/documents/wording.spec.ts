import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { plainWordsOf, proseOf } from './wording.js';

const FILES = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter(
    (path) =>
      path !== '' && !/^docs\/(adr|writing\.md|repairs-|clinical\/validation\.md)|wording|\.generated\./.test(path),
  );

describe('the wording of comments, documents and test titles', () => {
  it('uses the terms of docs/writing.md', () => {
    const found = FILES.flatMap((path) =>
      proseOf(path, readFileSync(path, 'utf8')).flatMap(({ line, text }) =>
        plainWordsOf(text).map(({ word, instead }) => `${path}:${line}: "${word}": write ${instead}`),
      ),
    );
    expect(found).toEqual([]);
  });

  it('finds a word in comments and titles, not in code, quoted names and links', () => {
    const code = [
      '/** What the door takes. */',
      "const door = 'mqtt'; // a door",
      "it('is told twice', () => {});",
      '// the field `door`',
    ];
    expect(
      proseOf('a.ts', code.join('\n')).flatMap(({ line, text }) => plainWordsOf(text).map(({ word }) => [line, word])),
    ).toEqual([
      [1, 'door'],
      [2, 'door'],
      [3, 'told'],
    ]);
    expect(plainWordsOf('See [the door](door.md) and `told`.').map(({ word }) => word)).toEqual(['door']);
  });
});
