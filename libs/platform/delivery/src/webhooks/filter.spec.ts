import { describe, expect, it } from '@jest/globals';
import { matchesFilter } from './filter.js';

describe('filter', () => {
  const alert = {
    severity: 'high',
    patient: 'p1',
    rule: { id: 'glucose-low', version: '1.0.0', title: '' },
    category: 'physiological',
    suppressed: [{ rule: 'glucose-low-soon', reason: 'same-cause' }],
  } as const;
  it.each([
    [{}, true],
    [{ severity: ['high'] }, true],
    [{ severity: ['low'] }, false],
    [{ rules: ['glucose-low'], patients: ['Patient/p1'] }, true],
    [{ patients: ['p1'] }, true],
    [{ patients: ['p2'] }, false],
    [{ patients: ['p2', 'Patient/p1'] }, true],
    [{ severity: ['high'], patients: ['p2'] }, false],
    [{ severity: ['low'], category: 'physiological' as const, rules: ['glucose-low'], patients: ['p1'] }, false],
    [{ rules: ['glucose-high'] }, false],
    // Folded into this alert: whoever asked for it must receive it.
    [{ rules: ['glucose-low-soon'] }, true],
    [{ rules: [] }, false],
    [{ category: 'physiological' as const }, true],
    [{ category: 'technical' as const }, false],
  ])('%j → %s', (filter, expected) => expect(matchesFilter(alert, filter)).toBe(expected));

  it('asks only for its own rule of an alert into which none was folded', () => {
    const { suppressed: _, ...alone } = alert;
    expect(matchesFilter(alone, { rules: ['glucose-low'] })).toBe(true);
    expect(matchesFilter(alone, { rules: ['glucose-low-soon'] })).toBe(false);
  });
});
