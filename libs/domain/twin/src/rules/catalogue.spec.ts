import { describe, expect, it } from '@jest/globals';
import { GLUCOSE_PACK, DEFAULT_CATALOGUE, PACKS, VITALS_PACK } from '#libs/domain/packs';
import { Ward, emittedBy, GLUCOSE, HEART_RATE, MINUTE, series, T0, TREND } from '#libs/testing/ward';
import { ruleViews } from '../views/catalogue-view.js';
import { viewOf } from '../views/view.js';
import { catalogueOf, EQUIPMENT_RULES } from './catalogue.js';
import { checkThresholds } from '../limits/limits.js';
import type { ConditionPack } from './condition-pack.js';
import type { LimitRule, StreamRule } from './rule.js';

const GLUCOSE_ALONE = catalogueOf([GLUCOSE_PACK]);

/** A patient with a low glucose and, at the same time, a fast heart; minute by minute. */
const MINUTES = Array.from({ length: 20 }, (_, minute) => [
  { c: GLUCOSE, t: T0 + minute * MINUTE, x: 62 },
  { c: HEART_RATE, t: T0 + minute * MINUTE, x: 155 },
]);

function emitted(ward: Ward): readonly string[] {
  for (const samples of MINUTES) ward.send(samples);
  return ward.outcomes.flatMap(emittedBy);
}

describe('two catalogues in one process', () => {
  it('evaluate the same records each with its own rules, in turns, as if the other were not there', () => {
    const [full, alone] = [new Ward(), new Ward('p1', (state) => state, GLUCOSE_ALONE)];
    for (const samples of MINUTES) {
      full.send(samples);
      alone.send(samples);
    }
    expect(alone.outcomes.flatMap(emittedBy)).toEqual(['glucose-low raised medium open']);
    expect(alone.outcomes.flatMap(emittedBy)).toEqual(emitted(new Ward('p1', (state) => state, GLUCOSE_ALONE)));
    expect(full.outcomes.flatMap(emittedBy)).toContain('heart-rate-high raised high open');
    expect(full.outcomes.flatMap(emittedBy)).toEqual(emitted(new Ward()));
    expect(full.state).toEqual(wardAfterAll().state);
  });

  it('keep memories of their own detectors and derived measures alone', () => {
    const alone = new Ward('p1', (state) => state, GLUCOSE_ALONE);
    emitted(alone);
    const { state } = alone;
    expect(Object.keys(state.detectors)).toEqual(['low-soon']);
    expect(Object.keys(state.rules).filter((id) => GLUCOSE_ALONE.ruleById(id) === undefined)).toEqual([]);
    // A measure without a rule is part of the twin all the same.
    expect(viewOf(GLUCOSE_ALONE, state, state.heard).measures['heart-rate']?.value).toBe(155);
  });

  it('have limits of their own for a rule of the same name', () => {
    const strict: ConditionPack = {
      ...VITALS_PACK,
      rules: VITALS_PACK.rules.map((rule) =>
        rule.id === 'heart-rate-high' ? withLimit(rule as LimitRule, 160) : rule,
      ),
    };
    const other = new Ward('p1', (state) => state, catalogueOf([strict]));
    const usual = new Ward('p1', (state) => state, catalogueOf([VITALS_PACK]));
    const fast = series(
      HEART_RATE,
      T0,
      MINUTE,
      Array.from({ length: 20 }, () => 135),
    );
    for (const sample of fast) for (const ward of [other, usual]) ward.send([sample]);
    expect(usual.outcomes.flatMap(emittedBy)).toEqual(['heart-rate-high raised medium open']);
    expect(other.outcomes.flatMap(emittedBy)).toEqual([]);
  });

  it('list and check their own rules', () => {
    expect(ruleViews(GLUCOSE_ALONE).map(({ id }) => id)).toEqual([
      ...GLUCOSE_PACK.rules.map(({ id }) => id),
      ...EQUIPMENT_RULES.map(({ id }) => id),
    ]);
    const limits = { limit: 130 };
    expect(checkThresholds(DEFAULT_CATALOGUE, 'heart-rate-high', limits)).toEqual([]);
    expect(checkThresholds(GLUCOSE_ALONE, 'heart-rate-high', limits)).toMatchObject([{ code: 'rule-unknown' }]);
  });
});

describe('a catalogue', () => {
  it('has the rules of its packs in their order, and those about the equipment after them', () => {
    const { rules, orderOf, ruleById } = catalogueOf(PACKS);
    expect(rules).toEqual([...PACKS.flatMap((pack) => pack.rules), ...EQUIPMENT_RULES]);
    expect(rules.map(orderOf)).toEqual(rules.map((_, index) => index));
    for (const rule of rules) expect(ruleById(rule.id)).toBe(rule);
  });

  it('puts a rule where the first of its group stands', () => {
    const { groupOrderOf, orderOf, ruleById } = catalogueOf(PACKS);
    const [first, second] = ['glucose-very-high', 'glucose-high'].map((id) => ruleById(id)!);
    expect([groupOrderOf(first!), groupOrderOf(second!)]).toEqual([orderOf(first!), orderOf(first!)]);
    for (const id of ['no-data', 'heart-rate-low']) expect(groupOrderOf(ruleById(id)!)).toBe(orderOf(ruleById(id)!));
  });

  it('is refused where two packs have a rule of the same name: their episodes would be mixed up', () => {
    expect(() => catalogueOf([GLUCOSE_PACK, { ...GLUCOSE_PACK, id: 'again' }])).toThrow(
      'two rules of the catalogue have the same name: glucose-very-low',
    );
  });

  it.each([
    { what: 'detectors', pack: { detectors: GLUCOSE_PACK.detectors }, name: 'low-soon' },
    { what: 'derived measures', pack: { derived: GLUCOSE_PACK.derived }, name: GLUCOSE_PACK.derived[0]!.name },
  ])('is refused where two packs have $what of the same name', ({ what, pack, name }) => {
    const empty: ConditionPack = { ...GLUCOSE_PACK, id: 'again', rules: [], detectors: [], derived: [] };
    expect(() => catalogueOf([GLUCOSE_PACK, { ...empty, ...pack }])).toThrow(
      `two ${what} of the catalogue have the same name: ${name}`,
    );
  });

  it('is refused with two models of the same name', () => {
    expect(() => catalogueOf([], [TREND, TREND])).toThrow(
      'two models of the catalogue have the same name: glucose-forecast',
    );
  });

  it('answers what reads a measure, and nothing for one that nothing reads', () => {
    const catalogue = catalogueOf([GLUCOSE_PACK], [TREND]);
    const { limitRulesOf, detectorsOf, foldedOf, forecastersOf } = catalogue;
    const ids = (all: readonly { readonly id: string }[]): readonly string[] => all.map(({ id }) => id);
    expect(ids(limitRulesOf(GLUCOSE))).toEqual(ids(GLUCOSE_PACK.rules.filter(({ kind }) => kind === 'limit')));
    expect(ids(detectorsOf(GLUCOSE))).toEqual(['low-soon']);
    expect(foldedOf(GLUCOSE).map(({ name }) => name)).toEqual(
      GLUCOSE_PACK.derived.filter(({ kind }) => kind === 'folded').map(({ name }) => name),
    );
    expect([forecastersOf(GLUCOSE), forecastersOf(HEART_RATE)]).toEqual([[TREND], [TREND]]);
    for (const lookUp of [limitRulesOf, detectorsOf, foldedOf, forecastersOf]) expect(lookUp(9999)).toEqual([]);
  });

  it('answers against which measures the limits of a rule are set: none of rules about the equipment', () => {
    const { codesOf, ruleById, detectorOf, detectorById } = catalogueOf(PACKS);
    expect(codesOf(ruleById('heart-rate-high')!)).toEqual([HEART_RATE]);
    const news2 = ruleById('news2') as StreamRule;
    const scores = PACKS.flatMap(({ detectors }) => detectors).find(({ id }) => id === 'news2')!;
    expect(detectorById('news2')).toBe(scores);
    expect(codesOf(news2)).toEqual(scores.codes);
    expect(detectorOf(news2)).toBe(scores);
    expect(EQUIPMENT_RULES.map(codesOf)).toEqual(EQUIPMENT_RULES.map(() => []));
    // A rule of another catalogue.
    expect([GLUCOSE_ALONE.codesOf(news2), GLUCOSE_ALONE.detectorOf(news2)]).toEqual([[], undefined]);
    const last = GLUCOSE_ALONE.rules.length;
    expect([GLUCOSE_ALONE.orderOf(news2), GLUCOSE_ALONE.groupOrderOf(news2)]).toEqual([last, last]);
  });

  it('names the format of every memory: 1 where its owner names none', () => {
    const [detector] = GLUCOSE_PACK.detectors;
    const folded = GLUCOSE_PACK.derived.find(({ kind }) => kind === 'folded')!;
    const pack: ConditionPack = {
      ...GLUCOSE_PACK,
      rules: [],
      detectors: [
        { ...detector!, id: 'first', memory: { version: 3 } },
        { ...detector!, id: 'second', memory: undefined },
      ] as ConditionPack['detectors'],
      derived: [
        { ...folded, name: 'folded', memory: undefined },
        { ...folded, kind: 'latest', name: 'latest' },
      ] as unknown as ConditionPack['derived'],
    };
    expect(
      catalogueOf([pack])
        .foldedOf(GLUCOSE)
        .map(({ name }) => name),
    ).toEqual(['folded']);
    expect(catalogueOf([pack], [{ ...TREND, memory: { version: 2 } }]).memories).toEqual({
      'detector:first': { version: 3 },
      'detector:second': { version: 1 },
      'derived:folded': { version: 1 },
      'forecaster:glucose-forecast': { version: 2 },
      checks: { version: 1 },
    });
  });

  it('knows the detectors of waveforms, which take late values in their turn', () => {
    const { settling, detectors } = catalogueOf(PACKS);
    expect(settling).toEqual(detectors.filter(({ late }) => late === 'settles'));
    expect(settling.length).toBeGreaterThan(0);
    expect(settling.length).toBeLessThan(detectors.length);
  });

  it('without packs watches the equipment alone', () => {
    const { rules, detectors, memories } = catalogueOf([]);
    expect(rules).toEqual(EQUIPMENT_RULES);
    expect(detectors).toEqual([]);
    expect(Object.keys(memories)).toEqual(['checks']);
  });
});

function wardAfterAll(): Ward {
  const ward = new Ward();
  for (const samples of MINUTES) ward.send(samples);
  return ward;
}

/** The rule with its mildest limit at `limit`. */
function withLimit(rule: LimitRule, limit: number): LimitRule {
  const limits = rule.limits.map((spec) => {
    const to = { limit, clear: limit - 5, severeLimit: limit + 30, severeClear: limit + 25 }[spec.name];
    return to === undefined ? spec : { ...spec, default: to };
  });
  return { ...rule, limits };
}
