import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { PatientInput, WireFact, WireSample } from '#libs/contracts';
import { FACT_KINDS } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { Ward } from '#libs/testing/ward';
import { initialTwin, viewOf } from './index.js';

const odd = fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e300, 8.64e15, -8.64e15, 9e15);
const time = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1_772_000_000, max: 1_772_100_000 }).map((s) => s * 1000) },
  { weight: 1, arbitrary: fc.oneof(odd, fc.double()) },
);
const value = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 20, max: 400 }) }, { weight: 1, arbitrary: odd });
const text = fc.oneof(fc.constantFrom('', 'a', '__proto__', 'constructor', '\u0000', '\ud800', 'a|b'), fc.string());

const sample: fc.Arbitrary<WireSample> = fc.record(
  {
    c: fc.oneof(fc.constantFrom(1, 2, 3, 9, 12), fc.integer({ min: -1, max: 99 })),
    t: time,
    x: value,
    i: fc.constantFrom('i1', 'i2', 'i3', '__proto__'),
    q: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    r: fc.array(text, { maxLength: 2 }),
    s: fc.array(value, { maxLength: 3 }),
    p: value,
    h: text,
    o: fc.tuple(value, text),
    w: fc.constant<1>(1),
    d: text,
    f: text,
  },
  { requiredKeys: ['c', 't'] },
);

const fact: fc.Arbitrary<WireFact> = fc.record(
  {
    fact: fc.constantFrom(...FACT_KINDS),
    reference: fc.oneof(
      text,
      fc.integer({ min: 0, max: 60 }).map((n) => `Condition/${n}`),
    ),
    version: fc.nat(3),
    content: fc.constant({}),
    from: time,
    to: time,
    withdrawn: fc.constant<true>(true),
  },
  { requiredKeys: ['fact', 'reference', 'version', 'content'] },
);

const head = { v: fc.constant<1>(1), tenant: fc.constant(1), patient: fc.constant('p1'), receivedAt: time };
const episode = fc.oneof(fc.constant('e'), text);
const does = fc.oneof(
  fc.record({ type: fc.constantFrom('acknowledge', 'resolve'), episode }),
  fc.record({ type: fc.constant('snooze'), episode, until: time }),
  fc.record({
    type: fc.constant('set-thresholds'),
    thresholds: fc.array(
      fc.record({
        rule: fc.oneof(
          fc.constantFrom(...DEFAULT_CATALOGUE.rules.map(({ id }) => id)),
          text,
          fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)),
        ),
        keep: fc.constantFrom<true | undefined>(true, undefined),
        limits: fc.option(
          fc.dictionary(fc.constantFrom('limit', 'clear', 'severeLimit', 'forSeconds', 'glucoseSeconds'), value),
        ),
        reason: text,
        expiresAt: time,
      }),
      { maxLength: 3 },
    ),
  }),
);
const record = fc.oneof(
  fc.record({
    ...head,
    kind: fc.constant('samples'),
    source: text,
    device: text,
    samples: fc.array(sample, { maxLength: 12 }),
  }),
  fc.record({
    ...head,
    kind: fc.constant('clinical'),
    source: text,
    samples: fc.array(sample, { maxLength: 4 }),
    facts: fc.array(fact, { maxLength: 30 }),
  }),
  fc.record({ ...head, kind: fc.constant('act'), act: text, actor: text, does }),
  fc.record({ ...head, kind: fc.constant('tick') }),
) as fc.Arbitrary<PatientInput>;

describe('apply', () => {
  it('takes any record without an exception, asks at most three times, and stays serialisable and small', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.boolean(), (log, aimed) => {
        const ward = new Ward();
        for (const one of log) {
          const known = ward.outcomes.flatMap(({ transitions }) => transitions)[0]?.episode;
          const hits = aimed && known !== undefined && one.kind === 'act' && 'episode' in one.does;
          ward.take(hits ? ({ ...one, does: { ...one.does, episode: known } } as PatientInput) : one);
        }
        const text = JSON.stringify(ward.state);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(JSON.parse(text))));
        expect(text.length).toBeLessThan(64 * 1024);
        expect(Object.keys(ward.state.streams).length).toBeLessThanOrEqual(48);
        expect(Object.keys(ward.state.facts).length).toBeLessThanOrEqual(24);
        viewOf(DEFAULT_CATALOGUE, ward.state, 0);
      }),
      propertyRuns(600),
    );
  });

  it('changes neither the state it was given nor the record', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), (log) => {
        const freeze = <T>(value: T): T => {
          if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
            Object.freeze(value);
            Object.values(value).forEach(freeze);
          }
          return value;
        };
        const ward = new Ward('p1', freeze);
        for (const one of log) ward.take(freeze(one));
      }),
      propertyRuns(200),
    );
  });

  it('keeps tenants and patients apart: the same data, other episode ids', () => {
    const ids = ['p1', 'p2'].map((patient) => {
      const ward = new Ward(patient);
      return ward.send([{ c: 9, t: 0, x: 50 }]).transitions.map(({ episode }) => episode);
    });
    expect(new Set(ids.flat()).size).toBe(2);
    expect(initialTwin(DEFAULT_CATALOGUE, 1, 'p1')).toEqual(initialTwin(DEFAULT_CATALOGUE, 1, 'p1'));
  });
});
