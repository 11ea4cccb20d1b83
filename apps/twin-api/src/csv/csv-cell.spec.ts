import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { textCell } from './csv-cell.js';

/** What RFC 4180 reads in a cell. */
function read(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

describe('a cell of CSV', () => {
  it.each([
    ['monitor-7', 'monitor-7'],
    ['', ''],
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-5', "'-5"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['＝1', "'＝1"],
    ['a,b', '"a,b"'],
    ['a "b"', '"a ""b"""'],
    ['a\nb', '"a\nb"'],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['a=b', 'a=b'],
  ])('of %j is %j', (text, cell) => expect(textCell(text)).toBe(cell));

  it('is read as the text, never begins a formula, and ends no cell and no line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'a', '1', 'é') }),
        (text) => {
          const cell = textCell(text);
          expect([text, `'${text}`]).toContain(read(cell));
          expect(read(cell)).not.toMatch(/^[=+\-@\t\r]/);
          const bare = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '') : cell;
          expect(bare).not.toMatch(cell.startsWith('"') ? /"/ : /[",\r\n]/);
        },
      ),
      propertyRuns(100),
    );
  });
});
