import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Comparator } from '#libs/contracts';
import { propertyRuns } from '#libs/testing/properties';
import { ABOVE, citedAs, MILD, mirror, run, SPEC } from '../fixtures/limit-machine.fixture.js';
import { limitRule } from '../rules/limit-rule.js';

describe('a value that is only a bound', () => {
  const soon = limitRule({
    ...SPEC,
    tiers: [{ ...MILD, samples: 1, forSeconds: 0, clearSamples: 1, clearSeconds: 0 }],
  });

  it.each<[Comparator, number, boolean]>([
    ['<', 90, true],
    ['<=', 90, false],
    ['<=', 89, true],
    ['<', 91, false],
    ['>', 89, false],
    ['>', 95, false],
    ['>=', 80, false],
  ])('%s %d raises a limit of 90 only when all that it allows is below: %j', (comparator, x, raises) => {
    expect(run(`0:${comparator}${x}`, soon).ranks).toEqual([raises ? 2 : 0]);
  });

  it.each<[Comparator, number, boolean]>([
    ['>', 92, true],
    ['>=', 92, true],
    ['>', 91, false],
    ['>=', 100, true],
    ['<', 100, false],
    ['<=', 92, false],
  ])('%s %d clears a limit of 92 only when all that it allows is at or above: %j', (comparator, x, clears) => {
    expect(run(`0:89 1:${comparator}${x}`, soon).ranks).toEqual([2, clears ? 0 : 2]);
  });

  it('breaks a run where all that it allows is on the safe side, and not where it decides nothing', () => {
    expect(run('0:89 5:>=90 10:89').ranks).toEqual([0, 0, 0]);
    expect(run('0:89 5:>=89 10:89').ranks).toEqual([0, 0, 2]);
  });

  it('is the worst only where it points away from the limit', () => {
    expect(run('0:84 1:>80').machine!.open!.worst).toEqual(citedAs('0:84'));
    expect(run('0:84 1:<83').machine!.open!.worst).toEqual(citedAs('1:<83'));
    expect(run('0:84 1:<84').machine!.open!.worst).toEqual(citedAs('0:84'));
  });
});

describe('a limit above', () => {
  const value = fc.tuple(
    fc.constantFrom(1, 5, 10, 15, 30, 61),
    fc.constantFrom(83, 84, 85, 86, 88, 89, 90, 91, 92, 95),
    fc.constantFrom('', '', '', '?', '<', '<=', '>', '>='),
  );

  it('is exceeded, and cleared, as one below is by the values of the other side', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (given) => {
        let second = 0;
        const both = given.map(([after, x, said]) => {
          second += after;
          if (said === '' || said === '?') return [`${second}:${x}${said}`, `${second}:${mirror(x)}${said}`] as const;
          const other = said.startsWith('<') ? said.replace('<', '>') : said.replace('>', '<');
          return [`${second}:${said}${x}`, `${second}:${other}${mirror(x)}`] as const;
        });
        const below = run(both.map(([one]) => one).join(' '));
        const above = run(both.map(([, other]) => other).join(' '), ABOVE);
        expect(above.ranks).toEqual(below.ranks);
        const told = ({ ended }: typeof below) =>
          ended.map(({ start, end, first, worst }) => [start, end, first.t, worst.t]);
        expect(told(above)).toEqual(told(below));
      }),
      propertyRuns(200),
    );
  });
});
