import { describe, expect, it } from '@jest/globals';
import { recentAnswer } from './recent-answer.js';

describe('an answer that is shared', () => {
  it('is asked for once by many at once, and again when it is old', async () => {
    let asked = 0;
    let time = 0;
    const ask = recentAnswer(
      async () => ++asked,
      1_000,
      () => time,
    );
    expect(await Promise.all(Array.from({ length: 200 }, ask))).toEqual(Array.from({ length: 200 }, () => 1));
    time = 999;
    expect(await ask()).toBe(1);
    time = 1_000;
    expect(await Promise.all([ask(), ask()])).toEqual([2, 2]);
  });

  it('that failed is not kept', async () => {
    let asked = 0;
    const ask = recentAnswer(
      async () => (++asked === 1 ? Promise.reject(new Error('away')) : asked),
      1_000,
      () => 0,
    );
    const [one, two] = await Promise.allSettled([ask(), ask()]);
    expect([one.status, two.status]).toEqual(['rejected', 'rejected']);
    expect(await ask()).toBe(2);
  });
});
