import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { cellOf, gridTimes, LATENESS_BOUND } from './grid.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The times for a newest value at this time of 1 March, with the day where it is another. */
function timesAt(time: string): readonly string[] {
  // The times of the cell before are remembered.
  gridTimes(Date.parse('2026-02-01T00:00:00Z'));
  return gridTimes(Date.parse(`2026-03-01T${time}Z`)).map((t) =>
    new Date(t).toISOString().slice(8, 16).replace('01T', ''),
  );
}

const instant = fc.integer({ min: 0, max: 40 * DAY });

describe('the times at which machines are kept', () => {
  it.each([
    {
      newest: '08:00:00',
      times: ['28T06:00', '28T12:00', '28T18:00', '00:00', '06:00', '07:00', '07:55', '08:00'],
    },
    {
      newest: '08:07:30',
      times: ['28T06:00', '28T12:00', '28T18:00', '00:00', '06:00', '07:00', '08:00', '08:05'],
    },
    {
      newest: '05:59:59.999',
      times: ['28T00:00', '28T06:00', '28T12:00', '28T18:00', '00:00', '03:00', '04:00', '05:00', '05:50', '05:55'],
    },
  ])('are five minutes, an hour and six hours apart, up to the newest value at $newest', ({ newest, times }) => {
    expect(timesAt(newest)).toEqual(times);
  });

  it('are the same for every value of one cell of five minutes, and other ones for the next', () => {
    const [start, last] = [100 * DAY, 100 * DAY + 5 * MINUTE - 1];
    expect(cellOf(last)).toBe(cellOf(start));
    expect(cellOf(last + 1)).toBe(cellOf(start) + 1);
    const times = gridTimes(start);
    gridTimes(0);
    expect(gridTimes(last)).toEqual(times);
    expect(gridTimes(last + 1)).not.toEqual(times);
  });

  it('reach back to the lateness bound, however far that is from a grid time', () => {
    fc.assert(
      fc.property(instant, (newest) => {
        const times = gridTimes(newest);
        expect(times[0]).toBeLessThanOrEqual(newest - LATENESS_BOUND);
        expect(times.at(-1)).toBeLessThanOrEqual(newest);
      }),
      propertyRuns(200),
    );
  });

  it('were kept before, unless they are newer than the newest value then', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 2 * DAY }), (before, later) => {
        const then = new Set(gridTimes(before));
        const missing = gridTimes(before + later).filter((time) => time <= before && !then.has(time));
        expect(missing).toEqual([]);
      }),
      propertyRuns(200),
    );
  });
});
