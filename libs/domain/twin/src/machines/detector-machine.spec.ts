import { describe, expect, it } from '@jest/globals';
import { MINUTE, T0 } from '#libs/testing/ward';
import type { Finding } from '../alerts/finding.js';
import { citedOf, measureRule } from '../fixtures/draft.fixture.js';
import { YEAR, type Person } from '../facts/person.js';
import type { Detector, DetectorStep, StreamRule } from '../rules/rule.js';
import type { DetectorMachine } from '../state/machine-state.js';
import { stepDetector, type Surroundings } from './detector-machine.js';
import type { FoundEpisode } from './limit-machine.js';

const RULE: StreamRule = {
  ...(measureRule('news2') as StreamRule),
  id: 'rule',
  refuses: { underYears: 18 },
};
const UNKNOWN: Person = { born: null, pregnancies: [], deceased: false };
const OTHER: StreamRule = { ...RULE, id: 'other' };

function finding(rank: Finding['rank'], over: Partial<Finding> = {}): Finding {
  return { rank, weight: 0, ...over } as Finding;
}

const holding = (found: Finding | undefined, over: Partial<DetectorStep> = {}): DetectorStep => ({
  memory: 'kept',
  holds: found === undefined ? {} : { [RULE.id]: found },
  ...over,
});

interface Run {
  readonly machine: DetectorMachine | null;
  readonly ended: readonly (FoundEpisode & { readonly rule: string })[];
  readonly refused: readonly string[];
}

/** A detector that answers these steps, one for each minute from T0 on. */
function run(steps: readonly DetectorStep[], over: Partial<Surroundings> = {}, minutes?: readonly number[]): Run {
  const detector: Detector = {
    id: 'detector',
    codes: [1],
    rules: [RULE, OTHER],
    late: 'refold',
    step: (_, { cited }) => steps[cited.version]!,
  };
  const ended: (FoundEpisode & { readonly rule: string })[] = [];
  const refused: string[] = [];
  const around: Surroundings = {
    now: 0,
    limitsOf: () => ({}),
    person: UNKNOWN,
    derived: () => ({ refused: 'none' }),
    ended: (rule, episode) => ended.push({ ...episode, rule: rule.id }),
    refused: (reason, value) => refused.push(value === undefined ? reason : `${reason} ${value.version}`),
    ...over,
  };
  let machine: DetectorMachine | null = null;
  steps.forEach((_, i) => {
    around.now = at(minutes?.[i] ?? i);
    machine = stepDetector(detector, around, machine, { cited: valueOf(i) });
  });
  return { machine, ended, refused };
}

const at = (minute: number): number => T0 + minute * MINUTE;
/** The value that the step of this number is answered for. */
const valueOf = (i: number) => citedOf({ identity: `value-${i}`, version: i });
const openOf = ({ machine }: Run) => machine?.open[RULE.id];

describe('an episode that a detector finds', () => {
  it('begins with the first value after which the condition holds, and ends with the first after which it does not', () => {
    const found = finding(2);
    const begun = run([holding(undefined), holding(found), holding(found)]);
    expect(begun.ended).toEqual([]);
    const open = {
      start: at(1),
      first: valueOf(1),
      met: valueOf(1),
      worst: valueOf(1),
      rank: 2,
      peak: 2,
      finding: found,
    };
    expect(openOf(begun)).toEqual(open);
    const over = run([holding(undefined), holding(found), holding(found), holding(undefined)]);
    expect(openOf(over)).toBeUndefined();
    expect(over.ended).toEqual([{ ...open, rule: 'rule', end: at(3), cleared: valueOf(3) }]);
  });

  it('begins at the onset that its finding names', () => {
    expect(openOf(run([holding(undefined), holding(finding(2, { since: at(-9) }))]))).toMatchObject({
      start: at(-9),
      met: valueOf(1),
    });
  });

  it('is one for each rule', () => {
    const found = { rule: finding(2), other: finding(3) };
    const both = run([
      { memory: 'kept', holds: found },
      { memory: 'kept', holds: { other: found.other } },
    ]);
    expect(Object.keys(both.machine!.open)).toEqual(['other']);
    expect(both.ended.map(({ rule }) => rule)).toEqual(['rule']);
  });

  it.each<[string, Finding, Partial<NonNullable<ReturnType<typeof openOf>>>]>([
    ['of a higher rank', finding(3), { rank: 3, peak: 3, worst: valueOf(1), finding: finding(3) }],
    [
      'of more weight',
      finding(2, { weight: 6 }),
      { rank: 2, peak: 2, worst: valueOf(1), finding: finding(2, { weight: 6 }) },
    ],
    ['of a lower rank, whatever its weight', finding(1, { weight: 9 }), { rank: 1, peak: 2 }],
    ['of the same rank and weight', finding(2, { weight: 5 }), {}],
    ['of less weight', finding(2, { weight: 4 }), {}],
  ])('is as severe as its worst finding: one %s', (_, next, change) => {
    const first = finding(2, { weight: 5 });
    const begun = openOf(run([holding(first)]))!;
    expect(openOf(run([holding(first), holding(next)]))).toEqual({ ...begun, ...change });
  });

  it('rests on all values of the moment at which it began', () => {
    const [first, second] = [finding(2, { weight: 5 }), finding(2, { weight: 1 })];
    const together = [0, 0];
    expect(openOf(run([holding(first), holding(second)], {}, together))).toMatchObject({
      finding: second,
      worst: valueOf(1),
    });
    expect(openOf(run([holding(first), holding(finding(1))], {}, together))).toMatchObject({ finding: first, rank: 1 });
    // An onset that is named was found before.
    const since = at(0);
    expect(openOf(run([holding(first), holding({ ...second, since })], {}, together))).toMatchObject({
      finding: first,
    });
  });
});

describe('what begins and ends within one value', () => {
  it('is followed in its order, before what holds after it', () => {
    const [first, second] = [finding(2, { since: at(-5) }), finding(3, { since: at(-2) })];
    const changes = [
      { rule: 'rule', finding: first },
      { rule: 'rule', at: at(-4) },
      { rule: 'unknown', finding: first },
      { rule: 'rule', finding: second },
    ];
    const one = run([holding(second, { changes })]);
    expect(one.ended).toMatchObject([{ rule: 'rule', start: at(-5), end: at(-4), finding: first }]);
    expect(openOf(one)).toMatchObject({ start: at(-2), finding: second });
    expect(Object.keys(one.machine!.open)).toEqual(['rule']);
  });

  it('never ends before it began', () => {
    const changes = [
      { rule: 'rule', finding: finding(2, { since: at(-1) }) },
      { rule: 'rule', at: at(-4) },
    ];
    expect(run([holding(undefined, { changes })]).ended).toMatchObject([{ start: at(-1), end: at(-1) }]);
  });
});

describe('what a detector does not evaluate', () => {
  it('is counted under its name, with the value', () => {
    const { refused } = run([holding(undefined), holding(undefined, { refused: ['too-noisy', 'too-short'] })]);
    expect(refused).toEqual(['detector-too-noisy 1', 'detector-too-short 1']);
  });

  it('is whoever a rule is not for: a condition that holds is no episode, and one that is open ends', () => {
    const person = { ...UNKNOWN, born: at(0) - 18 * YEAR + 2 * MINUTE };
    const minor = run([holding(finding(2))], { person });
    expect([minor.refused, openOf(minor)]).toEqual([['outside-population'], undefined]);
    const grown = run([holding(finding(2)), holding(finding(2)), holding(finding(2))], { person });
    expect(openOf(grown)).toMatchObject({ start: at(2) });
    expect(grown.refused).toHaveLength(2);
  });

  it('is what it found before its memory began anew: that stays open', () => {
    const steps = [holding(finding(2)), holding(undefined)];
    const warm = run(steps, { isWarmingUp: true });
    expect(openOf(warm)).toMatchObject({ start: at(0) });
    expect(warm.ended).toEqual([]);
    expect(run(steps, { isWarmingUp: false }).ended).toHaveLength(1);
  });
});

describe('what is remembered of a detector', () => {
  it('is nothing where there is no memory and nothing is open', () => {
    expect(run([holding(undefined, { memory: null })]).machine).toBeNull();
    expect(run([holding(undefined), holding(undefined, { memory: null })]).machine).toBeNull();
    expect(run([holding(finding(2), { memory: null })]).machine).toMatchObject({ memory: null, open: { rule: {} } });
    expect(run([holding(finding(2)), holding(undefined, { memory: null })]).machine).toBeNull();
  });

  it('is the same object where a value changes nothing', () => {
    const detector: Detector = {
      id: 'detector',
      codes: [1],
      rules: [RULE],
      late: 'refold',
      step: (memory) => ({ memory, holds: { rule: finding(2) } }),
    };
    const { machine } = run([holding(finding(2))]);
    const around = { now: at(5), person: UNKNOWN } as Surroundings;
    expect(stepDetector(detector, around, machine, { cited: valueOf(5) })).toBe(machine);
    const other: Detector = { ...detector, step: () => ({ memory: 'other', holds: { rule: finding(2) } }) };
    expect(stepDetector(other, around, machine, { cited: valueOf(5) })).toEqual({ ...machine, memory: 'other' });
  });
});
