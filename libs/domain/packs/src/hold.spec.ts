import { describe, expect, it } from '@jest/globals';
import { hold, NOT_HELD, type Hold } from './hold.js';

const PERSISTENCE = { forMs: 10, clearMs: 20, atOnce: false };

/** `5+`: met at 5; `5-`: not. */
function after(judgements: string, over: Partial<typeof PERSISTENCE> = {}, start = NOT_HELD): Hold {
  return judgements
    .split(' ')
    .reduce((held, one) => hold(held, one.endsWith('+'), Number.parseInt(one, 10), { ...PERSISTENCE, ...over }), start);
}

describe('a condition of a score', () => {
  it.each([
    ['when it is first met', '5+', false],
    ['before it has been met for long enough', '5+ 14+', false],
    ['once it has been met for long enough', '5+ 15+', true],
    ['when it was not met in between', '5+ 10- 15+', false],
    ['when it was met for long enough since', '5+ 10- 15+ 25+', true],
    ['while it has not been gone for long enough', '5+ 15+ 34-', true],
    ['once it has been gone for long enough', '5+ 15+ 35-', false],
    ['when it was met again in between', '5+ 15+ 30- 31+ 50-', true],
    ['and is gone for long enough after that', '5+ 15+ 30- 31+ 51-', false],
    ['while it is gone, however often it is judged', '5+ 15+ 20- 30- 34-', true],
    ['and is counted anew after it was gone', '5+ 15+ 35- 36+ 45+', false],
  ])('stands, or not, %s: %s', (_, judgements, on) => {
    expect(after(judgements).on).toBe(on);
  });

  it('stands at once where there is nothing to wait for', () => {
    expect(after('5+', { atOnce: true }).on).toBe(true);
    expect(after('5-', { atOnce: true }).on).toBe(false);
  });

  it('is not counted by what an earlier value of the same moment still said', () => {
    // At 15 the last of the values of that moment says that it is gone.
    expect(after('5+ 15+ 35+ 35-').on).toBe(false);
    expect(after('5+ 15+ 25+ 35+ 35-').on).toBe(true);
    expect(after('5+ 15+ 35+ 35+ 35-').on).toBe(false);
  });

  it('does not stand by what an earlier value of the same moment still said', () => {
    expect(after('5+ 15+ 15-').on).toBe(false);
    expect(after('5+ 15+ 15- 16+').on).toBe(false);
    expect(after('5+ 15+ 15- 15+').on).toBe(true);
    expect(after('5+ 5-', { atOnce: true }).on).toBe(false);
    // Gone for a part of a moment is not gone.
    expect(after('5+ 10- 10+ 15+').on).toBe(true);
    expect(after('5+ 15+ 35- 35+ 40-').on).toBe(true);
  });

  it('is after the values of a moment as after the last of them alone', () => {
    for (let bits = 0; bits < 256; bits++) {
      const met = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => (bits & (1 << i) ? '+' : '-'));
      const moments = [5, 15, 25, 45];
      const all = moments.map((t, i) => `${t}${met[2 * i]} ${t}${met[2 * i + 1]}`).join(' ');
      const last = moments.map((t, i) => `${t}${met[2 * i + 1]}`).join(' ');
      expect([all, after(all).on, after(all).since]).toEqual([all, after(last).on, after(last).since]);
    }
  });

  it('that was met once only is gone with the next value of that moment', () => {
    expect(after('5+ 5-', { forMs: 0, clearMs: 0 })).toEqual(NOT_HELD);
    expect(after('5+ 5-', { forMs: 0 })).toEqual(NOT_HELD);
  });

  it('remembers since when and when it was met', () => {
    expect(after('5+ 15+ 17+')).toEqual({ on: true, since: 5, last: 17, before: 15 });
    expect(after('5+ 15+ 17-')).toMatchObject({ on: true, since: null, last: 15, before: 5 });
    expect(after('5+ 15+ 17- 18+')).toMatchObject({ on: true, since: 18, last: 18, before: 15 });
    expect(after('5+ 7-')).toMatchObject({ on: false, since: null, last: 5, before: null });
  });

  it('leaves what it remembers as it is while nothing changes', () => {
    expect(after('5-')).toBe(NOT_HELD);
    const broken = after('5+ 7-');
    expect(after('8-', {}, broken)).toBe(broken);
    const going = after('5+ 15+ 17-');
    expect(after('18-', {}, going)).toBe(going);
  });
});
