import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const MAP = readFileSync('docs/map.md', 'utf8');

describe('the map of packages', () => {
  it('answers where things are with files that are there', () => {
    const answers = [...MAP.matchAll(/^- (?:Where|When|Which) .*\? `([^`]+)`$/gm)].map(([, path]) => path!);
    expect(answers.length).toBeGreaterThanOrEqual(10);
    expect(answers.filter((path) => !path.includes('<') && !existsSync(path))).toEqual([]);
  });

  it('names no app or library that is not there, and none twice', () => {
    const named = [...MAP.matchAll(/^(?:\| |- \*\*)`((?:apps|libs)\/[^`]+)`/gm)].map(([, path]) => path!);
    expect(named.filter((path) => !existsSync(`${path}/src`))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });
});
