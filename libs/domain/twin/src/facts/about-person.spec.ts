import { describe, expect, it } from '@jest/globals';
import { HOUR, T0 } from '#libs/testing/ward';
import type { FactState } from '../state/state.js';
import { aboutPerson } from './about-person.js';

const demographics: FactState = { kind: 'demographics', version: 1, content: { birthDate: '1996-03-01' } };
const pregnancy: FactState = { kind: 'condition', version: 1, content: { code: { code: '77386006' } }, to: T0 };
const other: FactState = { kind: 'condition', version: 1, content: { text: 'Diabetes' } };

describe('what models are given of a person', () => {
  it('is unknown where no fact says it', () => {
    expect(aboutPerson([other], T0)).toEqual({ ageYears: null, isPregnant: null });
  });

  it('is the age and whether a pregnancy goes on at the time that is asked', () => {
    const { ageYears, isPregnant } = aboutPerson([other, demographics, pregnancy], T0 - HOUR);
    expect([Math.round(ageYears!), isPregnant]).toEqual([30, true]);
    expect(aboutPerson([demographics, pregnancy], T0 + HOUR).isPregnant).toBe(false);
    expect(aboutPerson([demographics], T0).isPregnant).toBeNull();
  });
});
