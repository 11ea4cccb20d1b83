import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { propertyRuns } from '#libs/testing/properties';
import { Ward } from '#libs/testing/ward';
import { readTwin, TWIN_VERSION, writeTwin, type TwinState } from '../index.js';
import { decodeCited, encodeCited, type StoredCited } from '../state/cited.js';
import { CATALOGUE_THEN } from '../fixtures/catalogue-then.fixture.js';
import { STORIES } from '../fixtures/stories.fixture.js';
import { underDevices } from '../fixtures/under-devices.fixture.js';
import { isStoredCited } from './twin-codec.js';

/** Twins as the software before named fields stored them, after the first part of each story. */
const { twins } = JSON.parse(readFileSync(new URL(`./fixtures/v${TWIN_VERSION}.json`, import.meta.url), 'utf8')) as {
  readonly twins: Readonly<Record<string, unknown>>;
};

function read(json: string, catalogue = DEFAULT_CATALOGUE): TwinState {
  const stored = readTwin(catalogue, json);
  if (stored.kind !== 'twin') throw new Error(stored.reason);
  return stored.state;
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? 0 : x));
const quality = fc.constantFrom(0 as const, 1 as const, 2 as const);
const HEAD = [fc.string(), fc.nat(), fc.nat(), number, quality, fc.string(), fc.nat(20)] as const;
const reasons = fc.array(fc.string(), { maxLength: 3 });
const comparator = fc.constantFrom('<' as const, '<=' as const, '>=' as const, '>' as const);
const stored: fc.Arbitrary<StoredCited> = fc.oneof(
  fc.tuple(...HEAD),
  fc.tuple(...HEAD, reasons),
  fc.tuple(...HEAD, reasons, comparator),
  fc.tuple(...HEAD, reasons, fc.option(comparator), fc.integer()),
);

describe('the codec of stored twins', () => {
  it('gives every cited measurement back as it was stored', () => {
    fc.assert(
      fc.property(stored, (one) => {
        expect(encodeCited(decodeCited(one))).toEqual(one);
      }),
      propertyRuns(300),
    );
  });

  it.each(STORIES)('writes the bytes that were stored before measurements had named fields: $name', (story) => {
    const before = JSON.stringify(twins[story.name]);
    const ward = new Ward('p1', undefined, CATALOGUE_THEN);
    for (const record of story.before) ward.take(record);
    expect(writeTwin(CATALOGUE_THEN, ward.state)).toBe(underDevices(before));
    expect(writeTwin(CATALOGUE_THEN, read(before, CATALOGUE_THEN))).toBe(before);
  });

  it.each(STORIES)('goes on from what it stored as if it had kept it: $name', (story) => {
    const kept = new Ward();
    const reloaded = new Ward('p1', (state) => read(writeTwin(DEFAULT_CATALOGUE, state)));
    for (const ward of [kept, reloaded]) for (const record of story.before.slice(-60)) ward.take(record);
    for (const ward of [kept, reloaded]) for (const record of story.after.slice(0, 60)) ward.take(record);
    expect(reloaded.alerts()).toEqual(kept.alerts());
    expect(writeTwin(DEFAULT_CATALOGUE, reloaded.state)).toBe(writeTwin(DEFAULT_CATALOGUE, kept.state));
  });

  it.each<[string, unknown, boolean]>([
    ['all of its places', ['a', 1, 2, 3, 0, 'b', 1], true],
    ['a place too few', ['a', 1, 2, 3, 0, 'b'], false],
    ['no identity', [7, 1, 2, 3, 0, 'b', 1], false],
    ['no version', ['a', null, 2, 3, 0, 'b', 1], false],
    ['no time', ['a', 1, null, 3, 0, 'b', 1], false],
    ['no value', ['a', 1, 2, null, 0, 'b', 1], false],
    ['names', { identity: 'a', length: 7 }, false],
  ])('takes for a cited measurement what has %s, or not', (_, value, expected) => {
    expect(isStoredCited(value)).toBe(expected);
  });

  it('refuses a twin in which a cited measurement is none', () => {
    const ward = JSON.stringify(twins['ward']);
    const broken = ward.replace(/"cites":\[\["[^"]*",/, '"cites":[[7,');
    expect(broken).not.toBe(ward);
    expect(readTwin(DEFAULT_CATALOGUE, broken)).toEqual({ kind: 'unreadable', reason: 'malformed' });
  });

  it('leaves the memory of a detector that the catalogue does not know', () => {
    const memory = { inputs: { 1: ['a', 1, 2, 3, 0, 'b', 1] } };
    const detectors = { other: { now: { memory, open: {} }, grid: [], machines: [] } };
    const json = JSON.stringify({ ...(twins['ward'] as object), detectors });
    expect(read(json).detectors['other']!.now!.memory).toEqual(memory);
    expect(writeTwin(DEFAULT_CATALOGUE, read(json))).toBe(json);
  });
});
