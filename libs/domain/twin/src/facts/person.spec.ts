import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { T0 } from '#libs/testing/ward';
import type { Rule } from '../rules/rule.js';
import type { FactState } from '../state/state.js';
import { ageAt, isPregnantAt, personOf, type Person } from './person.js';
import { refusalOf } from '../rules/refuses.js';

const DAY = 86_400_000;
const YEAR = 365.2425 * DAY;
const NOBODY: Person = { born: null, pregnancies: [], deceased: false };

function demographics(...contents: readonly FactState['content'][]): Person {
  return personOf(
    Object.fromEntries(contents.map((content, i) => [`Patient/${i}`, { kind: 'demographics', version: 1, content }])),
  );
}

describe('a person', () => {
  it('is unknown where no fact says anything, or no fact of the person', () => {
    expect(personOf({})).toEqual(NOBODY);
    const content = { birthDate: '1990-01-01', deceased: true };
    expect(personOf({ x: { kind: 'report', version: 1, content } })).toEqual(NOBODY);
  });

  it.each([
    ['1990-05-17', Date.UTC(1990, 4, 17)],
    ['1990-05', Date.UTC(1990, 4, 1)],
    ['1990', Date.UTC(1990, 0, 1)],
    ['unknown', null],
    [1990, null],
  ])('was born %s', (birthDate, born) => {
    expect(demographics({ birthDate }).born).toBe(born);
  });

  it('keeps a known birth beside one that cannot be read', () => {
    expect(demographics({ birthDate: '1990' }, { birthDate: 'unknown' }).born).toBe(Date.UTC(1990, 0, 1));
  });

  it.each([
    [true, true],
    ['2026-03-01', true],
    [false, false],
    [undefined, false],
    [1, false],
  ])('is deceased as recorded: %s', (deceased, is) => {
    expect(demographics({ deceased }).deceased).toBe(is);
    expect(demographics({ deceased }, {}).deceased).toBe(is);
  });

  it('is read once of the same facts', () => {
    const facts = {};
    expect(personOf(facts)).toBe(personOf(facts));
  });

  it('is as old as the time says', () => {
    expect(ageAt(NOBODY, T0)).toBeNull();
    expect(ageAt({ ...NOBODY, born: T0 - 3 * YEAR }, T0)).toBe(3);
  });

  it('is pregnant from the beginning of a span to before its end', () => {
    const person = { ...NOBODY, pregnancies: [{ from: T0, to: T0 + DAY }] };
    expect([-1, 0, DAY - 1, DAY].map((after) => isPregnantAt(person, T0 + after))).toEqual([false, true, true, false]);
  });
});

describe('a rule refuses', () => {
  const rule = DEFAULT_CATALOGUE.ruleById('heart-rate-high')!;
  const refusing = (refuses: Rule['refuses']): Rule => ({ ...rule, refuses }) as Rule;
  const aged = (age: number): Person => ({ ...NOBODY, born: T0 - age });
  const pregnant = { ...aged(30 * YEAR), pregnancies: [{ from: T0, to: T0 + DAY }] };

  it('nobody where it says nothing', () => {
    expect(refusalOf(rule, { ...aged(0), pregnancies: pregnant.pregnancies }, T0)).toBeNull();
  });

  it('a pregnant person where it says so, while it lasts', () => {
    expect(refusalOf(refusing({ pregnancy: true }), pregnant, T0)).toBe('pregnant');
    expect(refusalOf(refusing({ pregnancy: true }), pregnant, T0 - 1)).toBeNull();
    expect(refusalOf(refusing({ underYears: 16 }), pregnant, T0)).toBeNull();
  });

  it.each([
    [{ underYears: 16 }, 16 * YEAR],
    [{ underDays: 28 }, 28 * DAY],
    [{ underYears: 1, underDays: 28 }, YEAR],
  ])('the young: %j', (refuses, from) => {
    expect(refusalOf(refusing(refuses), aged(from - 1), T0)).toBe('under-age');
    expect(refusalOf(refusing(refuses), aged(from), T0)).toBeNull();
    expect(refusalOf(refusing(refuses), NOBODY, T0)).toBeNull();
  });

  it('nobody for an age before birth where none is asked for', () => {
    expect(refusalOf(refusing({ pregnancy: true }), aged(0), T0)).toBeNull();
  });
});
