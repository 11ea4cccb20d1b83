import { describe, expect, it } from '@jest/globals';
import { at, citedAs, MILD, run, SPEC } from '../fixtures/limit-machine.fixture.js';
import { limitRule } from '../rules/limit-rule.js';

describe('a limit that is exceeded', () => {
  it.each<[string, string, readonly number[]]>([
    ['strictly, by enough values for long enough', '0:89 10:89', [0, 2]],
    ['not by its own value', '0:90 10:90', [0, 0]],
    ['not for long enough', '0:89 9:89', [0, 0]],
    ['by too few values', '0:89', [0]],
    ['with the longest pause that is allowed', '0:89 60:89', [0, 2]],
    ['with a longer pause, after which the count begins anew', '0:89 61:89 70:89 71:89', [0, 0, 0, 2]],
    ['but for a good value that breaks the run', '0:89 5:90 10:89 15:89', [0, 0, 0, 0]],
    ['and a doubtful value that does not', '0:89 5:91? 10:89', [0, 0, 2]],
    ['by doubtful values only: one severity lower', '0:89? 10:89?', [0, 1]],
    ['first by a good value', '0:89 10:89?', [0, 2]],
    ['by a good value at last', '0:89? 10:89', [0, 2]],
    ['by doubtful values, and a good one confirms it', '0:80? 1:84? 2:84', [2, 2, 3]],
    ['by doubtful ones, and a good one between the limits confirms the milder', '0:80? 1:89', [2, 2]],
    ['severely at once', '0:84', [3]],
    ['severely not by the severe limit itself', '0:85', [0]],
  ])('raises %s', (_, values, ranks) => {
    expect(run(values).ranks).toEqual(ranks);
  });

  it('counts as at least low where the only severity is low and values are doubtful', () => {
    const low = limitRule({ ...SPEC, tiers: [{ ...MILD, severity: 'low', samples: 1, forSeconds: 0 }] });
    expect(run('0:89?', low).ranks).toEqual([1]);
  });

  it('begins when it was met, and names the first of the run, the one that met it and the most extreme', () => {
    const { open } = run('0:86 5:88 10:87').machine!;
    const [first, met] = [citedAs('0:86'), citedAs('10:87')];
    expect(open).toEqual({ start: at(10), first, met, worst: first, rank: 2, peak: 2 });
  });

  it('names the earlier of two values that are as extreme, and the later where it is more so', () => {
    expect(run('0:89 10:89 20:89').machine!.open!.worst).toEqual(citedAs('0:89'));
    expect(run('0:89 10:89 20:88').machine!.open!.worst).toEqual(citedAs('20:88'));
  });

  it('begins the run anew after a pause: what came before it is not cited', () => {
    expect(run('0:86 61:89 71:89').machine!.open).toMatchObject({
      start: at(71),
      first: citedAs('61:89'),
      worst: citedAs('61:89'),
    });
  });

  it('severely has exceeded the milder limit too, from then on', () => {
    // The milder limit alone would wait for ten seconds.
    const { ranks, machine } = run('0:89 5:84 6:88 21:88 36:88');
    expect(ranks).toEqual([0, 3, 3, 3, 2]);
    expect(machine!.open).toMatchObject({ start: at(5), first: citedAs('5:84'), rank: 2, peak: 3 });
  });

  it('severely is counted on while the milder limit begins to be exceeded', () => {
    const slow = limitRule({ ...SPEC, tiers: [MILD, { ...MILD, severity: 'high', limit: 85, clear: 88, samples: 3 }] });
    expect(run('0:84 10:84 20:84', slow).ranks).toEqual([0, 2, 3]);
  });

  it('is remembered as what confirmed it: the milder tier as the severe one', () => {
    const on = (values: string) => run(values).machine!.tiers.map((tier) => tier.on);
    expect(on('0:84')).toEqual([2, 2]);
    expect(on('0:84?')).toEqual([1, 1]);
    expect(on('0:89 10:89')).toEqual([2, 0]);
    expect(on('0:89 10:89 11:84?')).toEqual([2, 1]);
  });
});

describe('an episode of a limit', () => {
  const begun = '0:89 10:89';

  it.each<[string, string, number | null]>([
    ['after enough good values at the clearing limit for long enough', '20:92 35:92 50:92', 50],
    ['not with too few of them', '20:92 50:92', null],
    ['not before the time is over', '20:92 30:92 49:92', null],
    ['not between the two limits', '20:91 35:91 50:91', null],
    ['only when none between the two limits comes between', '20:92 35:91 40:92 50:92 70:92', 70],
    ['whatever doubtful values say in between: they do not count', '20:92 35:95? 50:92', null],
    ['and they do not begin the count anew', '20:92 30:92 35:95? 50:92', 50],
    ['but a doubtful one below the clearing limit does', '20:92 30:91? 35:92 50:92 65:92', 65],
  ])('ends %s', (_, values, end) => {
    const { ended, machine } = run(`${begun} ${values}`);
    expect(ended.map((one) => one.end)).toEqual(end === null ? [] : [at(end)]);
    expect(machine === null).toBe(end !== null);
  });

  it('ends with all that is known of it, and what cleared it', () => {
    const values = '0:84 1:82 2:88 20:88 35:88 40:92 55:92 70:92';
    const { ended, ranks } = run(values);
    expect(ranks).toEqual([3, 3, 3, 3, 2, 2, 2, 0]);
    expect(ended).toEqual([
      {
        start: at(0),
        end: at(70),
        first: citedAs('0:84'),
        met: citedAs('0:84'),
        worst: citedAs('1:82'),
        rank: 2,
        peak: 3,
        cleared: citedAs('70:92'),
      },
    ]);
  });

  it('rises again, and remembers the highest severity', () => {
    const { ranks, machine } = run('0:84 2:88 20:88 35:88 36:84 37:88 52:88 67:88');
    expect(ranks).toEqual([3, 3, 3, 2, 3, 3, 3, 2]);
    expect(machine!.open).toMatchObject({ start: at(0), rank: 2, peak: 3 });
  });

  it('is over with the severe limit where that takes longer to clear than the milder one', () => {
    const SLOW = {
      ...MILD,
      severity: 'high',
      limit: 85,
      clear: 88,
      forSeconds: 0,
      samples: 1,
      clearSeconds: 60,
    } as const;
    const slow = limitRule({ ...SPEC, tiers: [MILD, SLOW] });
    const { ranks, machine } = run('0:84 10:92 25:92 40:92 55:92 70:92', slow);
    expect(ranks).toEqual([3, 3, 3, 3, 3, 0]);
    expect(machine).toBeNull();
  });

  it('is followed by another one, which is counted from its own first value', () => {
    const { ended, machine } = run(`${begun} 20:92 35:92 50:92 51:89 61:89`);
    expect(ended).toHaveLength(1);
    expect(machine!.open).toMatchObject({ start: at(61), first: citedAs('51:89') });
  });
});

describe('the memory of a limit', () => {
  it('is none while nothing is exceeded, nor after a run was broken', () => {
    expect(run('0:95 5:90').machines).toEqual([null, null]);
    expect(run('0:89 5:90').machine).toBeNull();
    expect(run('0:89 5:95?').machine).not.toBeNull();
  });

  it.each<[string, string]>([
    ['a doubtful value on the safe side during a run', '0:89 5:95?'],
    ['an equal value during an episode', '0:84 5:84'],
    ['a bound that decides nothing', '0:89 5:>80'],
    ['a bound that decides nothing during an episode', '0:84 5:>80'],
    ['a doubtful value at the clearing limit', '0:84 5:95?'],
  ])('stays the very same with %s', (_, values) => {
    const [before, after] = run(values).machines;
    expect(before).not.toBeNull();
    expect(after).toBe(before);
  });
});
