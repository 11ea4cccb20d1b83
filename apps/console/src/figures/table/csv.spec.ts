import { describe, expect, it } from '@jest/globals';
import { csvHref, csvOf } from './csv.js';

describe('a table as CSV', () => {
  it('quotes what needs it, and leaves out what is not there', () => {
    expect(
      csvOf(
        ['rule', 'precision'],
        [
          ['a,"b"', 0.5],
          ['two\nlines', null],
        ],
      ),
    ).toBe('rule,precision\r\n"a,""b""",0.5\r\n"two\nlines",\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('is no formula: %j', (text) => {
    expect(csvOf(['x'], [[text]])).toBe(`x\r\n'${text}\r\n`);
  });

  it('keeps negative numbers as numbers', () => {
    expect(csvOf(['skill'], [[-0.25]])).toBe('skill\r\n-0.25\r\n');
  });

  it('is a file for a link, whatever is in it', () => {
    const text = 'é,"#%&"\r\n';
    expect(decodeURIComponent(csvHref(text).replace('data:text/csv;charset=utf-8,', ''))).toBe(text);
  });
});
