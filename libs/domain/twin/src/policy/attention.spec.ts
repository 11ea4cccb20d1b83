import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { cut, ecg, every, GLUCOSE, HEART_RATE, HOUR, MINUTE, series, T0, allEmittedBy, Ward } from '#libs/testing/ward';
import { viewOf } from '../index.js';

const MIN5 = 5 * MINUTE;

/** Heart rate of one value for so many minutes, a value each; every record is one step. */
function heart(ward: Ward, fromMinute: number, minutes: number, x: number): string[] {
  const values = series(HEART_RATE, T0 + fromMinute * MINUTE, MINUTE, Array<number>(minutes).fill(x));
  return values.flatMap((sample) => allEmittedBy(ward.send([sample])));
}

function glucose(ward: Ward, at: number, ...values: number[]): string[] {
  return series(GLUCOSE, at, MIN5, values).flatMap((sample) => allEmittedBy(ward.send([sample])));
}

describe('a rise after an acknowledgement', () => {
  const worsened = (attend: (ward: Ward, episode: string) => void): Ward => {
    const ward = new Ward();
    heart(ward, 0, 15, 130);
    attend(ward, ward.alerts()[0]!.episode);
    expect(heart(ward, 15, 60, 165)).toEqual([
      'heart-rate-high escalated high open',
      'heart-rate-high escalated high open',
    ]);
    return ward;
  };

  it('needs a new acknowledgement, and escalates when there is none', () => {
    const ward = worsened((on, episode) => on.act({ type: 'acknowledge', episode }, T0 + 14.5 * MINUTE));
    const [rise, ignored] = ward.alerts().slice(-2);
    expect(rise).not.toHaveProperty('acknowledgedBy');
    expect(rise!.summary).toMatch(/^Severity rose to high\./);
    expect(ignored).toMatchObject({ reason: 'unacknowledged' });
    expect(Date.parse(rise!.raisedAt)).toBeLessThan(T0 + 17 * MINUTE);
  });

  it('ends a snooze as well', () => {
    const ward = worsened((on, episode) =>
      on.act({ type: 'snooze', episode, until: T0 + 10 * HOUR }, T0 + 14.5 * MINUTE),
    );
    expect(ward.alerts().at(-2)).not.toHaveProperty('snoozedUntil');
  });

  it('counts the time to escalate from its own page', () => {
    const ward = new Ward();
    heart(ward, 0, 13, 130);
    heart(ward, 13, 3, 165);
    const rise = ward.outcomes.at(-1)!;
    expect(allEmittedBy(rise)).toEqual(['heart-rate-high escalated high open']);
    expect(allEmittedBy(ward.tick(rise.state.heard + 15 * MINUTE - 1))).toEqual([]);
    expect(allEmittedBy(ward.tick(rise.state.heard + 15 * MINUTE))).toContain('heart-rate-high escalated high open');
  });

  it('of an alert that was reopened, too', () => {
    const ward = new Ward();
    glucose(ward, T0, 60, 80, 80, 80, 80);
    const { episode } = ward.alerts()[0]!;
    ward.act({ type: 'acknowledge', episode }, T0 + 21 * MINUTE);
    ward.send([{ c: GLUCOSE, t: T0 + 8 * MINUTE, x: 72 }], T0 + 22 * MINUTE);
    const again = ward.tick(T0 + 23 * MINUTE);
    expect(again.transitions[0]!.alert).toMatchObject({ transition: 'raised', reason: 'reopened', status: 'open' });
    expect(again.transitions[0]!.alert).not.toHaveProperty('acknowledgedBy');
    expect(allEmittedBy(ward.tick(T0 + HOUR))).toContain('glucose-low escalated high open');
  });
});

describe('severity and sentence', () => {
  it('agree when an alert that nobody acknowledged gets better', () => {
    const ward = new Ward();
    heart(ward, 0, 15, 130);
    heart(ward, 15, 60, 165);
    const better = heart(ward, 75, 5, 130);
    expect(better).toEqual(['heart-rate-high deescalated medium open']);
    expect(ward.alerts().at(-1)!.summary).toMatch(/^Severity fell to medium\./);
  });

  it('agree when it keeps rising and falling, which pages once more and then no longer', () => {
    const ward = new Ward();
    heart(ward, 0, 15, 130);
    heart(ward, 15, 3, 165);
    const { episode } = ward.alerts()[0]!;
    ward.act({ type: 'acknowledge', episode }, T0 + 17.5 * MINUTE);
    heart(ward, 18, 3, 130);
    expect(heart(ward, 21, 3, 165)).toEqual(['heart-rate-high escalated high open']);
    ward.act({ type: 'acknowledge', episode }, T0 + 23.5 * MINUTE);
    for (let minute = 24; minute < 120; minute += 6) {
      expect(heart(ward, minute, 3, 130)).toEqual(['heart-rate-high deescalated medium acknowledged']);
      expect(heart(ward, minute + 3, 3, 165)).toEqual(['heart-rate-high amended high acknowledged']);
    }
    expect(ward.alerts().at(-1)).toMatchObject({
      reason: 'severity-returned',
      summary: expect.stringMatching(/^Severity back to high\./),
    });
    heart(ward, 120, 18, 130);
    expect(heart(ward, 138, 3, 165)).toEqual(['heart-rate-high escalated high open']);
  });

  it('that was acknowledged when it had fallen pages when it rises', () => {
    const ward = new Ward();
    heart(ward, 0, 15, 130);
    for (let round = 0; round < 3; round++) {
      expect(heart(ward, 15 + 6 * round, 3, 165)).toEqual(['heart-rate-high escalated high open']);
      heart(ward, 18 + 6 * round, 3, 130);
      ward.act({ type: 'acknowledge', episode: ward.alerts()[0]!.episode }, T0 + (20.5 + 6 * round) * MINUTE);
    }
  });
});

describe('an alert that was acknowledged or snoozed', () => {
  const attend = {
    acknowledge: (ward: Ward, episode: string, at: number) => ward.act({ type: 'acknowledge', episode }, at),
    snooze: (ward: Ward, episode: string, at: number) =>
      ward.act({ type: 'snooze', episode, until: at + 5 * HOUR }, at),
    resolve: (ward: Ward, episode: string, at: number) => ward.act({ type: 'resolve', episode }, at),
  };

  it.each(['acknowledge', 'snooze', 'resolve'] as const)('pages when the condition is clearly further: %s', (how) => {
    const ward = new Ward();
    glucose(ward, T0, 52);
    const { episode } = ward.alerts()[0]!;
    attend[how](ward, episode, T0 + MINUTE);
    expect(glucose(ward, T0 + MIN5, 50, 46, 43)).toEqual([]);
    expect(glucose(ward, T0 + 4 * MIN5, 42)).toEqual(['glucose-very-low raised high open']);
    const worse = ward.alerts().at(-1)!;
    expect(worse).toMatchObject({
      episode,
      reason: 'worse',
      summary: expect.stringMatching(/^Worsened: severity high\./),
    });
    for (const gone of ['acknowledgedBy', 'snoozedUntil']) expect(worse).not.toHaveProperty(gone);
  });

  it('is compared with the value at that moment, not with the worst before', () => {
    const ward = new Ward();
    glucose(ward, T0, 44, 50, 56);
    ward.act({ type: 'acknowledge', episode: ward.alerts()[0]!.episode }, T0 + 11 * MINUTE);
    expect(glucose(ward, T0 + 3 * MIN5, 47)).toEqual([]);
    expect(glucose(ward, T0 + 4 * MIN5, 46)).toEqual(['glucose-very-low raised high open']);
  });

  it.each([
    ['sent as bad', { q: 2 as const }],
    ['judged as bad', { q: 0 as const }],
  ])('is compared with what was accepted, not with a newest value that is %s', (_, quality) => {
    const ward = new Ward();
    glucose(ward, T0, 53, 53);
    // From 53 within a minute nobody falls to 20.
    ward.send([{ c: GLUCOSE, t: T0 + 6 * MINUTE, x: 20, ...quality }]);
    ward.act({ type: 'acknowledge', episode: ward.alerts()[0]!.episode }, T0 + 6.5 * MINUTE);
    expect(glucose(ward, T0 + 2 * MIN5, 50, 46)).toEqual([]);
    expect(glucose(ward, T0 + 4 * MIN5, 43)).toEqual(['glucose-very-low raised high open']);
  });

  it('is not opened by late values from before, nor by bad ones', () => {
    const ward = new Ward();
    glucose(ward, T0, 52, 51);
    ward.act({ type: 'acknowledge', episode: ward.alerts()[0]!.episode }, T0 + 6 * MINUTE);
    expect(allEmittedBy(ward.send([{ c: GLUCOSE, t: T0 + MINUTE, x: 40, d: 'meter' }], T0 + 7 * MINUTE))).not.toContain(
      'glucose-very-low raised high open',
    );
    expect(allEmittedBy(ward.send([{ c: GLUCOSE, t: T0 + 2 * MIN5, x: 40, q: 2 }]))).toEqual([]);

    const soon = new Ward();
    glucose(soon, T0, 52, 51);
    soon.act({ type: 'acknowledge', episode: soon.alerts()[0]!.episode }, T0 + 5.5 * MINUTE);
    const late = soon.send([{ c: GLUCOSE, t: T0 + 4.5 * MINUTE, x: 40, d: 'meter' }], T0 + 6 * MINUTE);
    expect(allEmittedBy(late)).not.toContain('glucose-very-low raised high open');
  });

  it('pages upwards as well', () => {
    const ward = new Ward();
    glucose(ward, T0, 310);
    ward.act({ type: 'acknowledge', episode: ward.alerts()[0]!.episode }, T0 + MINUTE);
    expect(glucose(ward, T0 + MIN5, 330, 359, 360)).toEqual(['glucose-very-high raised medium open']);
  });

  it('pages only when it lasts, where the rule asks for that', () => {
    const ward = new Ward();
    heart(ward, 0, 15, 125);
    ward.act({ type: 'acknowledge', episode: ward.alerts()[0]!.episode }, T0 + 14.5 * MINUTE);
    expect([...heart(ward, 15, 2, 146), ...heart(ward, 17, 1, 144), ...heart(ward, 18, 2, 146)]).toEqual([]);
    expect(heart(ward, 20, 1, 146)).toEqual(['heart-rate-high raised medium open']);
  });

  it('does not page without a step in its rule', () => {
    expect(DEFAULT_CATALOGUE.ruleById('glucose-low-soon')!.further).toBeUndefined();
  });
});

describe('a latched alert that a retrospective one follows', () => {
  function latchedThenPast() {
    const ward = new Ward();
    const recording = ecg(120, [...every(0.5, 30, 0.8), ...every(42, 85, 0.8), ...every(97, 120, 0.8)]);
    const chunks = cut(recording, [250]);
    for (const chunk of chunks.slice(0, 75)) ward.send([chunk]);
    ward.send(chunks.slice(75));
    const [latched, , past] = ward.alerts().filter(({ rule }) => rule.id === 'asystole');
    return { ward, latched: latched!, past: past! };
  }

  it('stays among the open alerts, and escalates when nobody acknowledges it', () => {
    const { ward, latched, past } = latchedThenPast();
    expect(past).toMatchObject({ status: 'retrospective' });
    expect(viewOf(DEFAULT_CATALOGUE, ward.state, T0 + 2 * MINUTE).alerts.map(({ episode }) => episode)).toEqual([
      latched.episode,
    ]);
    const escalated = ward.tick(T0 + 20 * MINUTE).transitions.map(({ alert }) => alert);
    expect(escalated).toMatchObject([{ episode: latched.episode, reason: 'unacknowledged' }]);
  });
});
