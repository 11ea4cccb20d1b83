import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, series, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import type { EpisodeState } from '../state/episode-state.js';

const PRESSURE = 5;
const GLUCOSE_LIMIT = 30 * MINUTE;
const HEART_LIMIT = 15 * MINUTE;

/** Four values a minute apart, one record each; when the last of them was heard. */
function continuous(ward: Ward, code: number, device: string, from = T0): number {
  for (const sample of series(code, from, MINUTE, [100, 100, 100, 100])) ward.send([{ ...sample, d: device }]);
  return from + 3 * MINUTE + SECOND;
}

function value(code: number, device: string, t: number) {
  return [{ c: code, t, x: 100, d: device }];
}

function newest(ward: Ward): EpisodeState {
  return ward.state.rules['no-data']!.episodes.at(-1)!;
}

function monitoring(ward: Ward, state: 'on' | 'off', at: number) {
  return ward.act({ type: 'set-monitoring', state, reason: 'transport' }, at);
}

describe('the timer of silence', () => {
  it('is set for the stream that is due first, whichever is listed first', () => {
    const timerOf = (heartFrom: number) => {
      const ward = new Ward();
      const heard = continuous(ward, GLUCOSE, 'sensor');
      continuous(ward, HEART_RATE, 'watch', T0 + heartFrom);
      return ward.state.timers['no-data']! - heard;
    };
    expect(timerOf(10 * MINUTE)).toBe(10 * MINUTE + HEART_LIMIT);
    expect(timerOf(20 * MINUTE)).toBe(GLUCOSE_LIMIT);
  });

  it('is set anew for the one that is due first when it has run out too early', () => {
    const ward = new Ward();
    continuous(ward, GLUCOSE, 'sensor', T0 - 10 * MINUTE);
    const timer = continuous(ward, HEART_RATE, 'watch') + HEART_LIMIT;
    ward.send(value(HEART_RATE, 'watch', timer - MINUTE), timer - MINUTE);
    expect(ward.tick(timer).timers).toEqual([{ timer: 'no-data', dueAt: timer + 5 * MINUTE }]);
  });

  it('stays where it is when a record shows a silence that only a tick may emit', () => {
    const ward = new Ward();
    continuous(ward, GLUCOSE, 'sensor');
    const due = continuous(ward, HEART_RATE, 'watch') + HEART_LIMIT;
    expect(ward.send(value(OXYGEN, 'oximeter', due + HOUR)).timers).toEqual([]);
    expect(ward.state.timers['no-data']).toBe(due);
  });

  it('is not set for a measure whose silence means nothing', () => {
    const ward = new Ward();
    continuous(ward, PRESSURE, 'monitor');
    expect(ward.state.timers).toEqual({});
    expect(allEmittedBy(ward.tick(T0 + 48 * HOUR))).toEqual([]);
  });
});

describe('a gateway that catches up', () => {
  const heldBack = { 'no-data-held-back-catching-up': 1 };

  it('is one whose newest value is as old as the limit, and is counted with the record that brought it', () => {
    const ward = new Ward();
    continuous(ward, HEART_RATE, 'watch');
    const t = T0 + 4 * MINUTE;
    const live = ward.send(value(HEART_RATE, 'watch', t), t + HEART_LIMIT - 1);
    expect(live.counts.dropped).toEqual({});
    const late = ward.send(value(HEART_RATE, 'watch', t + MINUTE), t + MINUTE + HEART_LIMIT);
    expect(late.counts.dropped).toEqual(heldBack);
    const other = ward.send(value(OXYGEN, 'oximeter', t + 2 * MINUTE), t + MINUTE + HEART_LIMIT);
    expect(other.counts.dropped).toEqual({});
  });
});

describe('streams that fall silent', () => {
  it('are emitted with the time of the one that was due first, whichever is listed first', () => {
    const ward = new Ward();
    continuous(ward, GLUCOSE, 'sensor');
    const heard = continuous(ward, HEART_RATE, 'watch');
    expect(ward.tick(heard + HOUR).transitions[0]!.effectiveAt).toBe(heard + HEART_LIMIT);
  });

  it('are named by measure in one order, with the time, the limit and its owner of the one that was due first', () => {
    const ward = new Ward();
    const heard = continuous(ward, GLUCOSE, 'sensor');
    continuous(ward, HEART_RATE, 'watch', T0 + 20 * MINUTE);
    const [raised] = ward.tick(heard + HOUR).transitions;
    expect(raised!.alert.summary).toMatch(/heart rate from .* glucose from /);
    expect(raised!.effectiveAt).toBe(heard + GLUCOSE_LIMIT);
    expect(newest(ward).limit).toStrictEqual({ limit: 1800, layer: 'default', owner: 'default' });
    expect(newest(ward)).toMatchObject({ rank: 1, peak: 1, cites: [], raisedAt: heard + HOUR });
  });

  it('carry the reason and the expiry of a limit that was set', () => {
    const limitWith = (expiry: object) => {
      const ward = new Ward();
      const heard = continuous(ward, GLUCOSE, 'sensor');
      const thresholds = [{ rule: 'no-data', limits: { glucoseSeconds: 600 }, reason: 'tight', ...expiry }];
      ward.act({ type: 'set-thresholds', thresholds }, heard);
      ward.tick(heard + 20 * MINUTE);
      return newest(ward).limit;
    };
    const set = { limit: 600, layer: 'patient', owner: 'dr-a', reason: 'tight' };
    expect(limitWith({})).toStrictEqual(set);
    expect(limitWith({ expiresAt: T0 + HOUR })).toStrictEqual({ ...set, expiresAt: T0 + HOUR });
  });

  it('are not counted as held back by another source while the alert is open', () => {
    const ward = new Ward();
    const heard = continuous(ward, GLUCOSE, 'sensor');
    ward.tick(heard + GLUCOSE_LIMIT);
    const from = heard + GLUCOSE_LIMIT + MINUTE;
    const due = continuous(ward, HEART_RATE, 'watch', from) + HEART_LIMIT;
    continuous(ward, HEART_RATE, 'strap', from + 10 * MINUTE);
    expect(ward.tick(due).counts.dropped).toEqual({});
  });

  it('again and again are remembered four times, and counted', () => {
    const ward = new Ward();
    for (let day = 0; day < 6; day++) {
      const heard = continuous(ward, GLUCOSE, 'sensor', T0 + day * 24 * HOUR);
      expect(allEmittedBy(ward.tick(heard + GLUCOSE_LIMIT))).toEqual(['no-data raised low open']);
    }
    const { episodes, count } = ward.state.rules['no-data']!;
    expect([episodes.map(({ n }) => n), count]).toEqual([[2, 3, 4, 5], 6]);
  });
});

describe('a silence that somebody has seen', () => {
  /** Two silent streams; when the second was emitted. */
  function bothSilent(ward: Ward): number {
    const heard = continuous(ward, GLUCOSE, 'sensor');
    continuous(ward, HEART_RATE, 'watch');
    ward.tick(heard + GLUCOSE_LIMIT);
    return heard + GLUCOSE_LIMIT;
  }

  it('stays acknowledged when one of its sources is heard again', () => {
    const ward = new Ward();
    const at = bothSilent(ward);
    ward.act({ type: 'acknowledge', episode: ward.outcomes.at(-1)!.transitions[0]!.episode }, at + SECOND);
    const outcome = ward.send(value(HEART_RATE, 'watch', at + MINUTE));
    expect(allEmittedBy(outcome)).toEqual(['no-data amended low acknowledged']);
    expect(outcome.transitions[0]!.alert.reason).toBe('sources-changed');
  });

  it('is no longer snoozed once it is over', () => {
    const ward = new Ward();
    const heard = continuous(ward, GLUCOSE, 'sensor');
    const [raised] = ward.tick(heard + GLUCOSE_LIMIT).transitions;
    ward.act({ type: 'snooze', episode: raised!.episode, until: heard + 5 * HOUR }, heard + GLUCOSE_LIMIT);
    const back = heard + GLUCOSE_LIMIT + MINUTE;
    expect(allEmittedBy(ward.send(value(GLUCOSE, 'sensor', back), back))).toEqual(['no-data resolved low resolved']);
    expect(newest(ward)).toMatchObject({ end: back });
    expect(newest(ward)).not.toHaveProperty('snoozedUntil');
  });

  it('was closed for good by versions before: it goes on and ends without a message', () => {
    const ward = new Ward();
    const at = bothSilent(ward);
    const { rules } = ward.state;
    const closed = { ...newest(ward), status: 'resolved', closedByHand: { rank: 1, at } } as const;
    ward.state = { ...ward.state, rules: { ...rules, 'no-data': { ...rules['no-data']!, episodes: [closed] } } };
    expect(allEmittedBy(ward.send(value(HEART_RATE, 'watch', at + MINUTE)))).toEqual([]);
    expect(allEmittedBy(ward.send(value(GLUCOSE, 'sensor', at + 2 * MINUTE)))).toEqual([]);
    expect(newest(ward)).toMatchObject({ end: at + 2 * MINUTE + SECOND, status: 'resolved' });
  });
});

describe('a silence while monitoring is off', () => {
  it('is followed without a message, and raised with what is silent when monitoring is on again', () => {
    const ward = new Ward();
    const heard = continuous(ward, GLUCOSE, 'sensor');
    continuous(ward, HEART_RATE, 'watch');
    monitoring(ward, 'off', heard);
    const quiet = [ward.tick(heard + HEART_LIMIT), ward.tick(heard + GLUCOSE_LIMIT)];
    expect(quiet.flatMap(allEmittedBy)).toEqual([]);
    expect(quiet.flatMap(({ suppressions }) => suppressions)).toMatchObject([{ reason: 'monitoring-off' }]);
    expect(newest(ward)).toMatchObject({ last: 'raised', about: [expect.any(String), expect.any(String)] });
    const on = monitoring(ward, 'on', heard + HOUR);
    expect(allEmittedBy(on)).toEqual(['no-data raised low open']);
  });

  it('ends without a message', () => {
    const ward = new Ward();
    const heard = continuous(ward, GLUCOSE, 'sensor');
    monitoring(ward, 'off', heard);
    ward.tick(heard + GLUCOSE_LIMIT);
    const back = heard + HOUR;
    expect(allEmittedBy(ward.send(value(GLUCOSE, 'sensor', back), back))).toEqual([]);
    expect(newest(ward)).toMatchObject({ end: back, status: 'resolved' });
    expect(allEmittedBy(monitoring(ward, 'on', back + MINUTE))).toEqual([]);
  });
});
