import { describe, expect, it } from '@jest/globals';
import { readTwin, writeTwin, type TwinState } from '#libs/domain/twin';
import { allEmittedBy, MINUTE, T0, Ward } from '#libs/testing/ward';
import { DEFAULT_CATALOGUE } from '../packs.js';

const RULE = 'deterioration-ahead';
/** A set each ten minutes; pressure and breathing as given. */
function hoursOf(ward: Ward, from: number, until: number, signs: Readonly<Record<number, number>>): void {
  for (let minute = from * 60; minute < until * 60; minute += 10)
    ward.send(
      Object.entries({ 1: 80, 3: 97, 4: 16, 5: 126, 8: 36.9, ...signs }).map(([c, x]) => ({
        c: Number(c),
        t: T0 + minute * MINUTE,
        x,
      })),
    );
}

const ILL = { 1: 132, 3: 88, 4: 34, 5: 86 } as const;
const reload = (state: TwinState): TwinState => {
  const read = readTwin(DEFAULT_CATALOGUE, writeTwin(DEFAULT_CATALOGUE, state));
  if (read.kind !== 'twin') throw new Error(read.reason);
  return read.state;
};

function foundBy(ward: Ward): readonly { readonly rule: string; readonly end: number | null }[] {
  const all = ward.episodes() as readonly { readonly rule: string; readonly end: number | null }[];
  return all.filter(({ rule }) => rule === RULE);
}

describe('unstable vital signs ahead', () => {
  it('are found in shadow beside the trend and page nobody, also by a twin that is read again after each record', () => {
    const [ward, again] = [new Ward(), new Ward('p1', reload)];
    for (const one of [ward, again]) {
      hoursOf(one, 0, 6, {});
      expect(foundBy(one)).toEqual([]);
      hoursOf(one, 6, 9, ILL);
    }
    expect(foundBy(ward)).toHaveLength(1);
    expect(ward.outcomes.flatMap(({ suppressions }) => suppressions).filter(({ rule }) => rule === RULE)).toMatchObject(
      [{ ruleVersion: '0.1.0', reason: 'shadow', severity: 'low' }],
    );
    expect(ward.outcomes.flatMap(allEmittedBy).filter((line) => line.startsWith(RULE))).toEqual([]);
    expect(again.episodes()).toEqual(ward.episodes());
    hoursOf(ward, 9, 30, {});
    expect(foundBy(ward).filter(({ end }) => end === null)).toEqual([]);
  });
});
