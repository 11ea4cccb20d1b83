import { describe, expect, it } from '@jest/globals';
import { changeOf, isComplete, refusalsOf, scenarioRequest, type ChangeDraft } from './arm-changes.js';
import { scenarioCsv } from './scenario-csv.js';

const FROM = Date.parse('2026-11-29T12:00:00Z');
const NOW = FROM + 3 * 3_600_000;

function draft(over: Partial<ChangeDraft>): ChangeDraft {
  return { id: 1, kind: 'scale-bolus', amount: '', minutes: '', ...over };
}

describe('changes of an arm', () => {
  it.each([
    [draft({ amount: '-30' }), { kind: 'scale', of: 'insulin-bolus', by: 0.7 }],
    [draft({ amount: '−12,5' }), { kind: 'scale', of: 'insulin-bolus', by: 0.875 }],
    [draft({ kind: 'scale-basal', amount: '20' }), { kind: 'scale', of: 'insulin-basal-rate', by: 1.2 }],
    [
      draft({ kind: 'add-carbohydrate', amount: '15', minutes: '30' }),
      { kind: 'carbohydrate-intake', at: '2026-11-29T12:30:00.000Z', value: 15, unit: 'g' },
    ],
    [
      draft({ kind: 'add-bolus', amount: '2', minutes: '0' }),
      { kind: 'insulin-bolus', at: '2026-11-29T12:00:00.000Z', value: 2, unit: '[IU]' },
    ],
    [draft({ kind: 'remove-carbohydrate' }), { kind: 'remove', of: 'carbohydrate-intake' }],
    [draft({ kind: 'remove-bolus' }), { kind: 'remove', of: 'insulin-bolus' }],
  ])('%j becomes what the API takes', (entered, change) => {
    expect(isComplete(entered)).toBe(true);
    expect(changeOf(entered, FROM)).toEqual(change);
  });

  it.each([
    draft({ amount: '' }),
    draft({ amount: 'less' }),
    draft({ kind: 'add-bolus', amount: '2', minutes: '' }),
    draft({ kind: 'add-carbohydrate', amount: '', minutes: '5' }),
  ])('%j is not complete', (entered) => {
    expect(isComplete(entered)).toBe(false);
  });
});

describe('the request of a scenario', () => {
  const arms = [
    { name: ' As recorded ', changes: [] },
    { name: 'Less', changes: [draft({ amount: '-30' })] },
  ];

  it('begins as long ago as asked, and holds both arms', () => {
    expect(scenarioRequest({ arms, startHoursAgo: 3, lastsHours: 6, knownAt: null }, NOW)).toEqual({
      from: '2026-11-29T12:00:00.000Z',
      minutes: 360,
      arms: [
        { name: 'As recorded', changes: [] },
        { name: 'Less', changes: [{ kind: 'scale', of: 'insulin-bolus', by: 0.7 }] },
      ],
    });
  });

  it('leaves the beginning to the server where it is now, and says what is known', () => {
    expect(scenarioRequest({ arms, startHoursAgo: 0, lastsHours: 1, knownAt: null }, NOW)).not.toHaveProperty('from');
    expect(scenarioRequest({ arms, startHoursAgo: 1, lastsHours: 1, knownAt: FROM }, NOW)).toMatchObject({
      from: '2026-11-29T11:00:00.000Z',
      knownAt: '2026-11-29T12:00:00.000Z',
    });
  });

  it('shows a refusal at the arm or the change that its pointer names', () => {
    const errors = [
      { pointer: '/arms/1/changes/0/by', detail: 'too big' },
      { pointer: '/arms/1/name', detail: 'must be distinct' },
      { pointer: '/arms/10/name', detail: 'of another arm' },
      { pointer: '/minutes', detail: 'too long' },
    ];
    expect(refusalsOf(errors, 1, 0)).toEqual(['too big']);
    expect(refusalsOf(errors, 1)).toEqual(['must be distinct']);
    expect(refusalsOf(errors, 0)).toEqual([]);
    expect(refusalsOf(errors, 1, 1)).toEqual([]);
  });
});

describe('the file of a scenario', () => {
  it('has a row per time and arm, quoted, and no formula', () => {
    const points = [{ effectiveAt: '2026-11-29T12:00:00Z', mean: -0.5 }];
    const arms = [
      { name: 'a "b", c', points },
      { name: 'x', points: [] },
    ];
    expect(scenarioCsv(arms, 'glucose', 'mg/dL')).toBe(
      'effectiveAt,code,value,unit,source,quality\r\n' +
        '2026-11-29T12:00:00Z,glucose,-0.5,mg/dL,"what-if: a ""b"", c",simulated\r\n',
    );
    expect(scenarioCsv([{ name: 'x', points }], '=1+1', 'mg/dL')).toContain(",'=1+1,");
  });
});
