import { describe, expect, it } from '@jest/globals';
import { AHEAD, aheadTable } from './ahead-table.js';
import { AHEAD_POLICIES } from './sets/vitals/ahead-alerts.js';
import { report } from './report.js';

const metrics = {
  [`${AHEAD}events`]: 60,
  [`${AHEAD}news2-5.told_percent`]: 71.667,
  [`${AHEAD}news2-5.median_lead_hours`]: 11,
  [`${AHEAD}news2-5.alerts_per_day`]: 0.486,
  [`${AHEAD}news2-5.standing_percent`]: 22.866,
};

describe('the table of unstable vital signs ahead', () => {
  it('has a row for each rule, with what was not run as no figure', () => {
    const lines = aheadTable(metrics);
    expect(lines).toContain('| NEWS2 of 5 and over | 71.667 | 11 | 0.486 | 22.866 |');
    const rows = lines.filter((line) => line.startsWith('| ')).slice(2);
    expect(rows).toHaveLength(AHEAD_POLICIES.length);
    expect(rows.filter((row) => row.endsWith('| – | – | – | – |'))).toHaveLength(AHEAD_POLICIES.length - 1);
  });

  it('stands on the page in place of its figures, and is left out where nothing was run', () => {
    const page = report(metrics, new Map());
    expect(page).toContain(aheadTable(metrics).join('\n'));
    expect(page).not.toContain(`\`${AHEAD}`);
    expect(aheadTable({})).toEqual([]);
    expect(new Set(AHEAD_POLICIES.map(({ name }) => name)).size).toBe(AHEAD_POLICIES.length);
  });
});
