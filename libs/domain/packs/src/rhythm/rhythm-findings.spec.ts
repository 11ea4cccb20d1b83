import { describe, expect, it } from '@jest/globals';
import type { RhythmFinding } from '#libs/domain/rhythm';
import type { Cited, Finding } from '#libs/domain/twin';
import { T0 } from '#libs/testing/ward';
import { afterFindings, NO_HOLDS, wasSentAsDoubtful } from './rhythm-findings.js';
import { INTERVAL_RULES } from './rhythm-rules.js';

const CITED: Cited = { identity: 'run', version: 1, t: T0, x: 800, quality: 0, source: 'gateway', code: 2 };
const PAUSE: RhythmFinding = {
  rule: 'pause',
  at: T0 + 9,
  present: true,
  since: T0 + 5,
  value: 4.2,
  unit: 's',
  confident: true,
};
const ruleOf = (id: string) => INTERVAL_RULES.find((rule) => rule.id === id)!;
const after = (findings: readonly RhythmFinding[], holds: Parameters<typeof afterFindings>[0] = NO_HOLDS) =>
  afterFindings(holds, findings, INTERVAL_RULES, CITED);

describe('what a rhythm detector found', () => {
  it('is a finding of the rule, with its limit, since when it began', () => {
    const { title, limits } = ruleOf('pause');
    const finding = {
      rank: 2,
      weight: 4.2,
      cites: [CITED],
      since: T0 + 5,
      words: `${title}: 4.2 s`,
      limit: limits[0]!.default,
      limitName: limits[0]!.name,
      unit: limits[0]!.unit,
      comparison: 'at-or-above',
    };
    expect(after([PAUSE])).toEqual({ holds: { pause: finding }, changes: [{ rule: 'pause', finding }] });
  });

  it('says what there is to note, and what adds to it', () => {
    const contributions = [{ name: 'irregularity', value: 1, contribution: 2 }];
    const [change] = after([{ ...PAUSE, note: 'no pulse wave', contributions }]).changes;
    expect(change).toMatchObject({
      finding: { words: `${ruleOf('pause').title}: 4.2 s; no pulse wave`, contributions },
    });
  });

  it('counts one severity lower where it is not certain, and at least as low', () => {
    const rankOf = (rule: RhythmFinding['rule']) => after([{ ...PAUSE, rule, confident: false }]).holds[rule]?.rank;
    expect([ruleOf('pause').severity, rankOf('pause')]).toEqual(['medium', 1]);
    const low = INTERVAL_RULES.find(({ severity }) => severity === 'low')!;
    expect(rankOf(low.id as RhythmFinding['rule'])).toBe(1);
  });

  it('holds until its end is found', () => {
    const { holds } = after([PAUSE]);
    const other = { ...holds, other: holds['pause'] as Finding };
    const ended = { ...PAUSE, present: false, since: T0 + 20 };
    expect(after([ended], other)).toEqual({
      holds: { other: holds['pause'] },
      changes: [{ rule: 'pause', at: T0 + 20 }],
    });
    expect(after([PAUSE, ended])).toMatchObject({
      holds: {},
      changes: [{ rule: 'pause' }, { rule: 'pause', at: T0 + 20 }],
    });
    // What held before is another value's.
    expect(Object.keys(other)).toEqual(['pause', 'other']);
  });

  it('is left out where no rule of the detector is about it', () => {
    expect(after([{ ...PAUSE, rule: 'asystole' }, PAUSE]).changes).toMatchObject([{ rule: 'pause' }]);
  });

  it('is the same as before where there is nothing new', () => {
    const { holds } = after([PAUSE]);
    const again = after([], holds);
    expect(again.holds).toBe(holds);
    expect(again.changes).toEqual([]);
  });
});

describe('a series that was sent as doubtful', () => {
  it.each<[Partial<Cited>, boolean]>([
    [{ quality: 0 }, false],
    [{ quality: 0, reasons: ['motion'] }, false],
    [{ quality: 1 }, true],
    [{ quality: 1, reasons: ['motion'] }, true],
    [{ quality: 1, reasons: ['above-plausible-3000'] }, false],
    [{ quality: 1, reasons: ['below-plausible-200'] }, false],
    [{ quality: 1, reasons: ['above-plausible-3000', 'motion'] }, true],
    [{ quality: 1, reasons: ['not-above-plausible-3000'] }, true],
  ])('%j: %j; a single value out of range is for the detector to judge', (over, expected) => {
    expect(wasSentAsDoubtful({ ...CITED, ...over })).toBe(expected);
  });
});
