import { describe, expect, it } from '@jest/globals';
import { connectionState, laterOf, LOST_AFTER_MS, retryDelay } from './connection-state.js';
import { ServerClock } from './server-clock.js';

describe("the server's clock", () => {
  it("goes on from the last heartbeat, whatever the viewer's clock says", () => {
    let steady = 1_000;
    let viewers = Date.parse('1999-01-01T00:00:00Z');
    const clock = new ServerClock(
      () => steady,
      () => viewers,
    );
    expect(clock.now()).toBe(viewers);
    clock.set('2026-03-01T08:00:00.000Z');
    steady += 2_500;
    viewers += 86_400_000;
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-01T08:00:02.500Z');
    clock.set('not a time');
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-01T08:00:02.500Z');
  });

  it('says when the time has jumped, and not when it goes on', () => {
    let steady = 0;
    let jumps = 0;
    const clock = new ServerClock(
      () => steady,
      () => Date.parse('2031-01-01T00:00:00Z'),
    );
    const stop = clock.onJump(() => (jumps += 1));
    clock.set('2026-03-01T08:00:00Z');
    expect(jumps).toBe(1);
    steady += 2_000;
    clock.set('2026-03-01T08:00:02.200Z');
    expect(jumps).toBe(1);
    stop();
    clock.set('2026-03-01T09:00:00Z');
    expect(jumps).toBe(1);
  });
});

describe('the connection', () => {
  it('knows the later of two times, one of which may be none', () => {
    const [early, late] = ['2026-03-01T08:00:00+02:00', '2026-03-01T07:00:00Z'];
    expect([
      laterOf(early, late),
      laterOf(late, early),
      laterOf(null, early),
      laterOf(early, null),
      laterOf(null, null),
    ]).toEqual([late, late, early, early, null]);
  });

  it('is lost when nothing was heard for a while, and names the newest data', () => {
    const heard = { at: 100, newestAt: '2026-03-01T08:00:00.000Z' };
    expect(connectionState(heard, 100 + LOST_AFTER_MS)).toMatchObject({ isLost: false });
    expect(connectionState(heard, 101 + LOST_AFTER_MS)).toEqual({ isLost: true, newestAt: heard.newestAt });
  });

  it('is tried again after longer and longer, at most 5 s', () => {
    const longest = [0, 1, 2, 3, 4, 5, 1_000].map((failures) => retryDelay(failures, 1));
    expect(longest).toEqual([300, 600, 1_200, 2_400, 4_800, 5_000, 5_000]);
    expect(retryDelay(3, 0)).toBe(1_200);
  });
});
