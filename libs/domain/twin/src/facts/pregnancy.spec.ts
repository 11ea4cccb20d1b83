import { describe, expect, it } from '@jest/globals';
import { HOUR, T0 } from '#libs/testing/ward';
import type { FactState } from '../state/state.js';
import { isAboutPregnancy, pregnanciesOf, STATUS_HOLDS } from './pregnancy.js';

const SNOMED = 'http://snomed.info/sct';
const ALWAYS = [{ from: -Infinity, to: Infinity }];

function condition(content: FactState['content'], over: Partial<FactState> = {}): FactState {
  return { kind: 'condition', version: 1, content, ...over };
}

function coded(code: unknown, system?: string): FactState {
  return condition({ code: system === undefined ? { code } : { system, code } });
}

function status(answer: string, from?: number): FactState {
  const content = { code: { code: '82810-3' }, value: { code: answer } };
  return condition(content, from === undefined ? {} : { from });
}

describe('a pregnancy', () => {
  it.each([
    ['77386006'],
    ['72892002'],
    ['47200007'],
    ['16356006'],
    ['65147003'],
    ['169560008'],
    ['169561007'],
    ['169562000'],
    ['169563005'],
    ['169564004'],
  ])('is known by SNOMED CT %s', (code) => {
    expect(pregnanciesOf([coded(code, SNOMED)])).toEqual(ALWAYS);
    expect(pregnanciesOf([coded(code)])).toEqual(ALWAYS);
    expect(pregnanciesOf([coded(code, 'http://hl7.org/fhir/sid/icd-10')])).toEqual([]);
  });

  it.each([
    ['O24', true],
    ['O24.4', true],
    ['O9A', true],
    ['O9A.213', true],
    ['Z33', true],
    ['Z34.0', true],
    ['Z3A.20', true],
    ['Z32', false],
    ['Z35', false],
    ['XO24', false],
    ['O24x', false],
    ['O2', false],
    ['OA4', false],
    ['O244', false],
    ['', false],
    [24, false],
  ])('by ICD-10 %s: %s', (code, is) => {
    for (const system of [undefined, 'http://hl7.org/fhir/sid/icd-10-cm', 'urn:ICD10'])
      expect(pregnanciesOf([coded(code, system)])).toEqual(is ? ALWAYS : []);
    expect(pregnanciesOf([coded(code, 'http://loinc.org')])).toEqual([]);
  });

  it('by any of its codings', () => {
    const also = [{ code: 'x' }, { code: 'O24' }];
    expect(pregnanciesOf([condition({ code: { code: 'y', also } })])).toEqual(ALWAYS);
    expect(pregnanciesOf([condition({ code: { code: 'O24', also: [{ code: 'x' }] } })])).toEqual(ALWAYS);
    expect(pregnanciesOf([condition({ code: { code: 'y', also: 'O24' } })])).toEqual([]);
  });

  it.each([[null], ['O24'], [undefined]])('not by what is no concept: %s', (code) => {
    expect(pregnanciesOf([condition({ code })])).toEqual([]);
    expect(pregnanciesOf([condition({ code: { code: '82810-3' }, value: code })])).toEqual([]);
  });

  it.each([
    [{ verificationStatus: 'refuted' }, false],
    [{ verificationStatus: 'entered-in-error' }, false],
    [{ verificationStatus: 'confirmed' }, true],
    [{ clinicalStatus: 'resolved' }, false],
    [{ clinicalStatus: 'inactive' }, false],
    [{ clinicalStatus: 'remission' }, false],
    [{ clinicalStatus: 'active' }, true],
    [{ abatement: '30 a' }, false],
  ])('with %j: %s', (more, is) => {
    const one = condition({ code: { code: 'O24' }, ...more });
    expect(pregnanciesOf([one])).toEqual(is ? ALWAYS : []);
    expect(isAboutPregnancy(one)).toBe(is);
  });

  it('lasts as the fact says', () => {
    const content = { code: { code: 'O24' }, abatement: 'a date' };
    expect(pregnanciesOf([condition(content, { from: T0, to: T0 + HOUR })])).toEqual([{ from: T0, to: T0 + HOUR }]);
  });

  it('is a condition and nothing else', () => {
    for (const kind of ['allergy', 'report'] as const) {
      expect(pregnanciesOf([{ ...coded('O24'), kind }])).toEqual([]);
      expect(pregnanciesOf([{ ...status('LA15173-0', T0), kind }])).toEqual([]);
      expect(isAboutPregnancy({ ...status('LA15173-0', T0), kind })).toBe(false);
    }
  });
});

describe('an observed status of pregnancy', () => {
  const holds = (from: number) => [{ from, to: from + STATUS_HOLDS }];

  it('holds for 42 weeks from when it was observed, for ever where that is not said', () => {
    expect(STATUS_HOLDS).toBe(294 * 24 * HOUR);
    expect(pregnanciesOf([status('LA15173-0', T0)])).toEqual(holds(T0));
    expect(pregnanciesOf([status('77386006', T0)])).toEqual(holds(T0));
    expect(pregnanciesOf([status('LA15173-0')])).toEqual([{ from: 0, to: Infinity }]);
  });

  it.each([['LA26683-5'], ['60001007']])('counts instead of an older one: not pregnant by %s', (not) => {
    const [older, newer] = [status('LA15173-0', T0), status(not, T0 + 1)];
    expect(pregnanciesOf([older, newer])).toEqual([]);
    expect(pregnanciesOf([newer, older])).toEqual([]);
    expect(pregnanciesOf([status(not, T0), status('LA15173-0', T0 + 1)])).toEqual(holds(T0 + 1));
    expect(pregnanciesOf([status('LA15173-0'), status(not, T0)])).toEqual([]);
    expect(pregnanciesOf([status(not, T0), status('LA15173-0')])).toEqual([]);
  });

  it('of two of one time the first counts', () => {
    expect(pregnanciesOf([status('LA15173-0', T0), status('LA26683-5', T0)])).toEqual(holds(T0));
  });

  it('that is not known, or has no code, changes nothing', () => {
    const known = status('LA15173-0', T0);
    const unknown = status('LA4489-6', T0 + 1);
    expect(pregnanciesOf([known, unknown])).toEqual(holds(T0));
    const bare = condition({ code: { code: '82810-3' }, value: { code: 7 } }, { from: T0 + 1 });
    expect(pregnanciesOf([known, bare])).toEqual(holds(T0));
    expect(isAboutPregnancy(unknown)).toBe(true);
  });

  it('stands beside a condition, and is none itself', () => {
    const both = [coded('O24'), status('LA15173-0', T0)];
    expect(pregnanciesOf(both)).toEqual([...ALWAYS, ...holds(T0)]);
    const also = [{ code: 'O24' }];
    const mixed = condition({ code: { code: '82810-3', also }, value: { code: 'LA26683-5' } });
    expect(pregnanciesOf([mixed])).toEqual([]);
    expect(isAboutPregnancy(coded('E10'))).toBe(false);
  });
});
