import { describe, expect, it } from '@jest/globals';
import type { ActRecord, WireThreshold } from '#libs/contracts';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, T0, allEmittedBy, Ward } from '#libs/testing/ward';

const RULE = 'oxygen-saturation-low';

function wardWithTwo(): { readonly ward: Ward; readonly oxygen: string; readonly glucose: string } {
  const ward = new Ward();
  const [oxygen, glucose] = [
    { c: OXYGEN, t: T0, x: 88 },
    { c: GLUCOSE, t: T0, x: 60 },
  ].map((sample) => ward.send([sample]).transitions[0]!.episode);
  return { ward, oxygen: oxygen!, glucose: glucose! };
}

describe('two snoozes', () => {
  it.each([
    [10, 20],
    [20, 10],
  ])('end each at its time: after %s and %s min', (first, second) => {
    const { ward, oxygen, glucose } = wardWithTwo();
    const now = T0 + SECOND;
    ward.act({ type: 'snooze', episode: oxygen, until: now + first * MINUTE }, now);
    ward.act({ type: 'snooze', episode: glucose, until: now + second * MINUTE }, now);
    expect(ward.state.timers['snooze']).toBe(now + 10 * MINUTE);
    const [early, late] = first === 10 ? [RULE, 'glucose-low'] : ['glucose-low', RULE];
    expect(allEmittedBy(ward.tick(now + 10 * MINUTE - 1))).toEqual([]);
    expect(allEmittedBy(ward.tick(now + 10 * MINUTE))).toEqual([`${early} raised medium open`]);
    expect(ward.state.timers['snooze']).toBe(now + 20 * MINUTE);
    expect(allEmittedBy(ward.tick(now + 20 * MINUTE))).toEqual([`${late} raised medium open`]);
    expect(ward.state.timers['snooze']).toBeUndefined();
  });

  it('that end together are both emitted', () => {
    const { ward, oxygen, glucose } = wardWithTwo();
    const until = T0 + 10 * MINUTE;
    for (const episode of [oxygen, glucose]) ward.act({ type: 'snooze', episode, until }, T0 + SECOND);
    expect(allEmittedBy(ward.tick(until))).toHaveLength(2);
  });
});

describe('a snooze', () => {
  it.each([
    ['of now', T0 + MINUTE],
    ['of no time', NaN],
  ])('%s is refused', (_, until) => {
    const { ward, oxygen } = wardWithTwo();
    const outcome = ward.act({ type: 'snooze', episode: oxygen, until }, T0 + MINUTE);
    expect(outcome.counts.dropped).toEqual({ 'act-on-closed-episode': 1 });
  });

  it('of what is over is refused', () => {
    const { ward, oxygen } = wardWithTwo();
    for (let i = 1; i < 6; i++) ward.send([{ c: OXYGEN, t: T0 + i * MINUTE, x: 97 }]);
    for (const type of ['snooze', 'resolve'] as const) {
      const outcome = ward.act({ type, episode: oxygen, until: T0 + HOUR }, T0 + 10 * MINUTE);
      expect([allEmittedBy(outcome), outcome.counts.dropped]).toEqual([[], { 'act-on-closed-episode': 1 }]);
    }
  });

  it('lasts a day at most', () => {
    const { ward, oxygen } = wardWithTwo();
    ward.act({ type: 'snooze', episode: oxygen, until: T0 + 30 * HOUR }, T0 + MINUTE);
    expect(ward.state.timers['snooze']).toBe(T0 + MINUTE + 24 * HOUR);
  });
});

describe('whether an alert was useful', () => {
  it('counts the last opinion of each alert', () => {
    const { ward, oxygen, glucose } = wardWithTwo();
    const counts: unknown[] = [];
    for (const useful of [undefined, true, true, false, undefined, true, false]) {
      const does: ActRecord['does'] = {
        type: 'acknowledge',
        episode: oxygen,
        ...(useful === undefined ? {} : { useful }),
      };
      ward.act(does, T0 + MINUTE);
      counts.push(ward.state.feedback[RULE]);
    }
    const [yes, no] = [
      { useful: 1, notUseful: 0 },
      { useful: 0, notUseful: 1 },
    ];
    expect(counts).toEqual([undefined, yes, yes, no, no, yes, no]);
    ward.act({ type: 'acknowledge', episode: glucose, useful: true }, T0 + MINUTE);
    expect(ward.state.feedback).toEqual({ [RULE]: no, 'glucose-low': yes });
  });
});

describe('acts', () => {
  it('are known again among the newest 24', () => {
    const { ward, oxygen } = wardWithTwo();
    for (let i = 0; i < 25; i++) ward.act({ type: 'acknowledge', episode: oxygen }, T0 + MINUTE, `a${i}`);
    expect(ward.state.acts).toEqual(Array.from({ length: 24 }, (_, i) => `a${i + 1}`));
    const again = ward.act({ type: 'acknowledge', episode: oxygen }, T0 + MINUTE, 'a1');
    expect(again.counts.dropped).toEqual({ 'act-repeated': 1 });
  });

  it('leave only what was said', () => {
    const { ward, oxygen } = wardWithTwo();
    ward.act({ type: 'acknowledge', episode: oxygen }, T0 + MINUTE);
    const [episode] = ward.state.rules[RULE]!.episodes;
    expect(episode).toMatchObject({ acknowledgedBy: 'dr-a' });
    for (const name of ['note', 'onBehalfOf', 'useful']) expect(Object.keys(episode!)).not.toContain(name);
  });
});

describe('limits that are set', () => {
  const set = (ward: Ward, threshold: Partial<WireThreshold>, type: 'set-thresholds' | 'set-tenant-thresholds') =>
    ward.act({ type, thresholds: [{ rule: RULE, limits: { limit: 88 }, reason: 'agreed', ...threshold }] }, T0 + HOUR);

  it.each(['set-thresholds', 'set-tenant-thresholds'] as const)('count after the newest value: %s', (type) => {
    const ward = new Ward();
    ward.send([{ c: OXYGEN, t: T0, x: 97 }]);
    ward.send([{ c: HEART_RATE, t: T0 + MINUTE, x: 70 }]);
    const outcome = set(ward, {}, type);
    const layer = type === 'set-thresholds' ? ward.state.thresholds : ward.state.tenantThresholds;
    expect(layer[RULE]).toEqual([{ after: T0, limits: { limit: 88 }, author: 'dr-a', reason: 'agreed' }]);
    expect(outcome.thresholds).toHaveLength(type === 'set-thresholds' ? 1 : 0);
    set(ward, { rule: 'glucose-low', limits: { limit: 75 } }, type);
    const after = { ...ward.state.thresholds, ...ward.state.tenantThresholds }['glucose-low']![0]!.after;
    expect(after).toBeNull();
  });

  it('of several measures count after the newest of them', () => {
    const ward = new Ward();
    ward.send([{ c: OXYGEN, t: T0, x: 97 }]);
    ward.send([{ c: HEART_RATE, t: T0 + MINUTE, x: 70 }]);
    set(ward, { rule: 'news2', limits: { high: 8 } }, 'set-thresholds');
    expect(ward.state.thresholds['news2']![0]!.after).toBe(T0 + MINUTE);
  });

  it.each([[{ expiresAt: NaN }], [{ rule: 'nope', limits: null }], [{ limits: { limit: 500 } }]])(
    'are refused where they make no sense: %j',
    (threshold) => {
      const outcome = set(new Ward(), threshold, 'set-thresholds');
      expect([outcome.counts.dropped, outcome.thresholds]).toEqual([{ 'threshold-refused': 1 }, []]);
    },
  );

  it('of one patient only are refused for all', () => {
    const outcome = set(new Ward(), { rule: 'news2', limits: { saturationScale: 2 } }, 'set-tenant-thresholds');
    expect(outcome.counts.dropped).toEqual({ 'threshold-refused': 1 });
  });
});
