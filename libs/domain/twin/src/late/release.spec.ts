import { describe, expect, it } from '@jest/globals';
import type { WireSample } from '#libs/contracts';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import { draftWith, episodeOf } from '../fixtures/draft.fixture.js';
import { releaseHeld } from './release.js';

const LATE = 3 * HOUR;
const NOW = T0 + LATE;
const TIMER = 'catching-up';

const low = (t: number, x = 80): WireSample => ({ c: OXYGEN, t, x });

/** NEWS2 7 at one time: breaths, saturation, oxygen, heart rate. */
function ill(t: number): WireSample[] {
  const values = { 1: 105, 3: 93, 4: 24, 5: 124, 8: 36.8, 15: 2, 17: 15 };
  return Object.entries(values).map(([code, x]) => ({ c: Number(code), t, x }));
}

const due = (ward: Ward): number | undefined => ward.state.timers[TIMER];

describe('what waits for its sender', () => {
  it('is paged when its time has come, and the timer is gone', () => {
    const ward = new Ward();
    ward.send([low(T0)], NOW);
    expect(due(ward)).toBe(NOW + 6 * SECOND);
    expect(allEmittedBy(ward.tick(NOW + 6 * SECOND - 1))).toEqual([]);
    const outcome = ward.tick(NOW + 6 * SECOND);
    expect(allEmittedBy(outcome)).toEqual(['oxygen-saturation-low raised high open']);
    expect(outcome.timers).toContainEqual({ timer: TIMER, dueAt: null });
    expect(allEmittedBy(ward.tick(NOW + 20 * SECOND))).toEqual([]);
  });

  it('waits on while more of the same comes', () => {
    const ward = new Ward();
    for (let i = 0; i < 6; i++) {
      const waiting = ward.send([low(T0 + i)], NOW + i * SECOND);
      expect(allEmittedBy(waiting)).toEqual([]);
      // Moved when it is due, not with every record: that would be a write each.
      expect(waiting.timers.filter(({ timer }) => timer === TIMER)).toHaveLength(i === 0 ? 1 : 0);
    }
    const outcome = ward.tick(NOW + 6 * SECOND);
    expect(allEmittedBy(outcome)).toEqual([]);
    expect(outcome.timers).toContainEqual({ timer: TIMER, dueAt: NOW + 12 * SECOND });
    // Six seconds after the last of it.
    expect(allEmittedBy(ward.tick(NOW + 11 * SECOND - 1))).toEqual([]);
    expect(allEmittedBy(ward.tick(NOW + 11 * SECOND))).toEqual(['oxygen-saturation-low raised high open']);
    expect(due(ward)).toBeUndefined();
  });

  it('is paged beside what waits on', () => {
    const ward = new Ward();
    ward.send([low(T0)], NOW);
    ward.send([{ c: GLUCOSE, t: T0, x: 45 }], NOW + 5 * SECOND);
    const outcome = ward.tick(NOW + 6 * SECOND);
    expect(allEmittedBy(outcome)).toEqual(['oxygen-saturation-low raised high open']);
    expect(outcome.timers).toContainEqual({ timer: TIMER, dueAt: NOW + 12 * SECOND });
    expect(allEmittedBy(ward.tick(NOW + 12 * SECOND))).toEqual(['glucose-very-low raised high open']);
  });

  it('may be of a score over several measures', () => {
    const ward = new Ward();
    expect(allEmittedBy(ward.send(ill(T0), NOW))).toEqual([]);
    expect(allEmittedBy(ward.tick(NOW + 6 * SECOND - 1))).toEqual([]);
    const outcome = ward.tick(NOW + 6 * SECOND);
    expect(allEmittedBy(outcome)).toEqual(['news2 raised high open']);
    expect(outcome.timers).toContainEqual({ timer: TIMER, dueAt: null });
  });

  it('and then waits while any of them catches up', () => {
    const ward = new Ward();
    ward.send(ill(T0), NOW);
    ward.send([{ c: 4, t: T0 + 1, x: 24 }], NOW + 5 * SECOND);
    const outcome = ward.tick(NOW + 6 * SECOND);
    expect(allEmittedBy(outcome)).toEqual([]);
    expect(outcome.timers).toContainEqual({ timer: TIMER, dueAt: NOW + 12 * SECOND });
    expect(allEmittedBy(ward.tick(NOW + 12 * SECOND))).toEqual(['news2 raised high open']);
  });

  it('is not paged when nothing waits: the timer only ends', () => {
    const ward = new Ward();
    ward.send([low(T0)], NOW);
    const recovered = [1, 2, 3, 4].map((i) => low(T0 + i * 20 * SECOND, 97));
    recovered.forEach((sample, i) => ward.send([sample], NOW + 1 + i));
    expect(allEmittedBy(ward.tick(NOW + 20 * SECOND))).toEqual([]);
    expect(due(ward)).toBeUndefined();
    expect(ward.alerts().map(({ rule, transition }) => `${rule.id} ${transition}`)).toEqual([
      'oxygen-saturation-low retrospective',
    ]);
  });

  it('is paged with the newest time of what it was judged on', () => {
    const ward = new Ward();
    ward.send([low(T0)], NOW);
    ward.send([low(T0 + SECOND, 79)], NOW + SECOND);
    ward.tick(NOW + 6 * SECOND);
    ward.tick(NOW + 12 * SECOND);
    expect(ward.alerts()[0]!.evidence.map(({ effectiveAt }) => effectiveAt)).toContain(
      new Date(T0 + SECOND).toISOString(),
    );
    expect(ward.alerts()).toHaveLength(1);
  });
});

describe('what waits and is not known any more, because a memory began anew', () => {
  it.each(['oxygen-saturation-low', 'news2'])('stays as it is: %s', (rule) => {
    const waiting = episodeOf({ muted: { reason: 'catching-up', by: null, until: null, rank: 2 } });
    const draft = draftWith({ [rule]: [waiting] }, NOW);
    draft.timers = { [TIMER]: NOW };
    releaseHeld(draft);
    expect(draft.rules[rule]!.episodes).toEqual([waiting]);
    expect([draft.transitions, draft.timers]).toEqual([[], {}]);
    draft.timers = { [TIMER]: NOW };
    draft.detectors['news2'] = { now: null, grid: [], machines: [] };
    releaseHeld(draft);
    expect(draft.transitions).toEqual([]);
  });
});

describe('what does not wait', () => {
  it('sets no timer, though its measure catches up', () => {
    const ward = new Ward();
    const fast = (t: number): WireSample => ({ c: HEART_RATE, t, x: 160 });
    for (let t = T0; t <= T0 + 2 * HOUR; t += MINUTE) ward.send([fast(t)]);
    expect(ward.state.rules['heart-rate-high']?.episodes).toMatchObject([{ status: 'open' }]);
    ward.send([low(T0)], NOW);
    ward.send([fast(T0 + 2 * HOUR + SECOND)], NOW + 5 * SECOND);
    const outcome = ward.tick(NOW + 6 * SECOND);
    expect(allEmittedBy(outcome)).toContain('oxygen-saturation-low raised high open');
    expect(due(ward)).toBeUndefined();
  });

  it('is remembered as far back as without a release', () => {
    const ward = new Ward();
    for (let i = 0; i < 6; i++) {
      const from = T0 + i * 20 * MINUTE;
      const values = [80, 80, 80, 97, 97, 97, 97].map((x, n) => low(from + n * 30 * SECOND, x));
      for (const value of values) ward.send([value]);
    }
    ward.send([low(T0 + 2 * HOUR)], NOW + 2 * HOUR);
    ward.tick(NOW + 2 * HOUR + 6 * SECOND);
    const episodes = ward.state.rules['oxygen-saturation-low']!.episodes;
    expect(episodes.map(({ end }) => end === null)).toEqual([...Array<boolean>(6).fill(false), true]);
  });
});

describe('a record after a pause', () => {
  const recovered = [1, 2, 3].map((i) => low(T0 + i * 60 * SECOND, 97));

  it('is news: what waited is paged before it, and then ends', () => {
    const ward = new Ward();
    ward.send([low(T0)], NOW);
    expect(allEmittedBy(ward.send(recovered, NOW + 6 * SECOND))).toEqual([
      'oxygen-saturation-low raised high open',
      'oxygen-saturation-low resolved high resolved',
    ]);
  });

  it('of less is none: what waited was over in the end', () => {
    const ward = new Ward();
    ward.send([low(T0)], NOW);
    const told = allEmittedBy(ward.send(recovered, NOW + 6 * SECOND - 1));
    expect(told).toEqual(['oxygen-saturation-low retrospective high retrospective']);
  });

  it('is one of any measure that is quiet, though another goes on', () => {
    const ward = new Ward();
    ward.send([low(T0)], NOW);
    ward.send([{ c: GLUCOSE, t: T0, x: 100 }], NOW + 5 * SECOND);
    expect(allEmittedBy(ward.send(recovered, NOW + 6 * SECOND))).toEqual([
      'oxygen-saturation-low raised high open',
      'oxygen-saturation-low resolved high resolved',
    ]);
  });

  it('pages nothing when nothing waited', () => {
    const ward = new Ward();
    ward.send([low(T0, 97)], NOW);
    expect(due(ward)).toBeUndefined();
    expect(allEmittedBy(ward.send(recovered, NOW + 6 * SECOND))).toEqual([]);
    expect(ward.outcomes.flatMap(({ timers }) => timers).map(({ timer }) => timer)).not.toContain(TIMER);
  });
});
