import { describe, expect, it } from '@jest/globals';
import { FROM, value, VALUES } from '../run/scenario-branch.fixture.js';
import { recordedHistory, type RecordedHistory, type RecordedValue } from './recorded-history.js';

const H = 3_600_000;
const UNTIL = FROM + 6 * H;

function historyOf(values: readonly RecordedValue[]): RecordedHistory {
  const history = recordedHistory(values, FROM, UNTIL);
  if ('kind' in history) throw new Error(history.message);
  return history;
}

const glucose = VALUES.filter(({ code }) => code === 'glucose');

describe('recordedHistory', () => {
  it('lets a basal rate hold until the next and to the end, and exercise for four hours at most', () => {
    const { inputs } = historyOf([
      value('insulin-basal-rate', -300, 1),
      value('exercise-intensity', -300, 40),
      ...glucose,
      value('insulin-basal-rate', 60, 0),
      value('insulin-basal-rate', 120, 1.5),
      value('exercise-intensity', 60, 50),
      value('exercise-intensity', 90, 0),
    ]);
    expect(inputs.basal).toEqual([
      { from: FROM - 5 * H, until: FROM + H, unitsPerHour: 1 },
      { from: FROM + H, until: FROM + 2 * H, unitsPerHour: 0 },
      { from: FROM + 2 * H, until: UNTIL, unitsPerHour: 1.5 },
    ]);
    expect(inputs.exercise).toEqual([
      { from: FROM - 5 * H, until: FROM - H, percent: 40 },
      { from: FROM + H, until: FROM + 1.5 * H, percent: 50 },
    ]);
  });

  it('uses the sensor with most readings and mixes none with another', () => {
    const meter = value('glucose', 0, 90, { source: 'meter' });
    const { glucose: used, warnings } = historyOf([...glucose, meter]);
    expect(used).toHaveLength(25);
    expect(used.at(-1)).toEqual({ t: FROM, mgPerDl: 150 });
    expect(warnings).toEqual([expect.stringContaining('disagree')]);
  });

  it('counts a dose of doubtful quality as given, and says so', () => {
    const twice = value('insulin-bolus', -29, 6, { quality: 1, source: 'other' });
    const { inputs, warnings } = historyOf([...glucose, value('insulin-bolus', -30, 6), twice]);
    expect(inputs.boluses).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining('1 recorded insulin-bolus of doubtful quality')]);
  });

  it('uses no value of bad quality, and says how many of each it uses', () => {
    const bad = value('insulin-bolus', -10, 6, { quality: 2 });
    const { inputs, counts } = historyOf([...glucose, bad, value('insulin-bolus', 30, 6)]);
    expect(inputs.boluses).toEqual([{ t: FROM + H / 2, units: 6 }]);
    expect(counts).toEqual([
      { code: 'glucose', count: 25, newest: FROM },
      { code: 'insulin-bolus', count: 1, newest: FROM + H / 2 },
    ]);
  });
});
