import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ward } from '#libs/testing/ward';
import { readTwin, TWIN_VERSION, type Cited, type TwinState } from '../index.js';
import { decodeCited } from '../state/cited.js';
import { CATALOGUE_THEN } from '../fixtures/catalogue-then.fixture.js';
import { STORIES, type Story } from '../fixtures/stories.fixture.js';
import { underDevices } from '../fixtures/under-devices.fixture.js';
import type { StoredState } from './twin-codec.js';
import { UPCASTERS } from './upcasters.js';

/** Twins as the software of that version stored them after the first part of each story; `writtenBy` is its commit. */
interface Stored {
  readonly version: number;
  readonly writtenBy: string;
  readonly twins: Readonly<Record<string, StoredState>>;
}

function storedBy(version: number): Stored {
  return JSON.parse(readFileSync(new URL(`./fixtures/v${version}.json`, import.meta.url), 'utf8')) as Stored;
}

function read(twin: object): TwinState {
  const stored = readTwin(CATALOGUE_THEN, JSON.stringify(twin));
  if (stored.kind !== 'twin') throw new Error(stored.reason);
  return stored.state;
}

/** A store after the first part, with the twin that this software made of it or the one that another left. */
function wardAfter(story: Story, state?: TwinState): Ward {
  const ward = new Ward('p1', undefined, CATALOGUE_THEN);
  for (const record of story.before) ward.take(record);
  ward.state = state ?? ward.state;
  ward.outcomes.length = 0;
  return ward;
}

interface Step {
  readonly episode: string;
  readonly rule: string;
  readonly sequence: number;
  readonly transition: string;
  readonly severity: string;
}

function goOn(ward: Ward, story: Story): Step[] {
  for (const record of story.after) ward.take(record);
  return ward.alerts().map(({ episode, rule, sequence, transition, severity }) => ({
    episode,
    rule: rule.id,
    sequence,
    transition,
    severity,
  }));
}

describe.each(Object.keys(UPCASTERS).map(Number))('twins of version %i', (version) => {
  const { twins } = storedBy(version);
  const story = (name: string): Story => STORIES.find((one) => one.name === name)!;

  it('has a stored example of each story', () => {
    expect(Object.keys(twins)).toEqual(STORIES.map(({ name }) => name));
    for (const twin of Object.values(twins)) {
      expect(twin.v).toBe(version);
      expect(read(twin).v).toBe(TWIN_VERSION);
    }
  });

  // The clock that is ahead was not reported in version 2: that alert begins with the new software.
  it.each(STORIES)('emits from there on what it had emitted from the beginning on: $name', (one) => {
    const steps = goOn(wardAfter(one, read(twins[one.name]!)), one);
    const expected = goOn(wardAfter(one), one);
    expect(steps.filter(({ rule }) => rule !== 'clock-step')).toEqual(expected);
  });

  it('keeps measures, facts, limits, memories and timers', () => {
    const [old, fresh] = [wardAfter(story('ward'), read(twins['ward']!)), wardAfter(story('ward'))];
    for (const ward of [old, fresh]) goOn(ward, story('ward'));
    // What is remembered of before the upgrade, for late values, keeps its keys.
    const state = JSON.parse(underDevices(JSON.stringify(old.state))) as TwinState;
    const expected = JSON.parse(JSON.stringify(fresh.state)) as TwinState;
    for (const part of ['measures', 'facts', 'thresholds', 'checks', 'derived', 'detectors', 'timers', 'acts'] as const)
      expect(state[part]).toEqual(expected[part]);
    expect({ ...state, rules: {} }).toEqual({ ...expected, rules: {} });
  });

  it('keeps an open alert open, with its number, its onset as emitted and what was said of it', () => {
    const before = twins['ward']!.rules['heart-rate-high']!.episodes;
    const after = read(twins['ward']!).rules['heart-rate-high']!.episodes;
    expect(after).toEqual([
      { ...before[0], cites: before[0]!.cites.map(decodeCited), told: { rank: 3, rose: 2 }, paged: 3 },
    ]);
    expect(read(twins['asystole']!).rules['asystole']!.episodes[0]).toMatchObject({
      n: 0,
      status: 'open',
      sequence: 1,
    });
  });

  it('takes what was ahead of the log back to its receipt, in memories as in measures', () => {
    const ahead = read(twins['ahead']!);
    expect(twins['ahead']!.asOf).toBeGreaterThan(ahead.heard);
    expect(ahead.asOf).toBe(ahead.heard);
    const { news2, 'deterioration-trend': trend } = ahead.detectors;
    for (const one of [news2, trend]) {
      const { inputs } = one!.now!.memory as { readonly inputs: Readonly<Record<string, Cited>> };
      for (const cited of Object.values(inputs)) expect(cited.t).toBeLessThanOrEqual(ahead.heard);
    }
    const [old, fresh] = [wardAfter(story('ahead'), ahead), wardAfter(story('ahead'))];
    for (const ward of [old, fresh]) goOn(ward, story('ahead'));
    expect(old.latest()).toEqual(fresh.latest());
    expect(old.state.detectors).toEqual(fresh.state.detectors);
  });
});
