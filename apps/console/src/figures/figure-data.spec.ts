import { expect, it } from '@jest/globals';
import { extent, tableOf, valuesOf, type FigureData } from './figure-data.js';

const data: FigureData = {
  axis: 'Rule',
  series: ['live', 'shadow'],
  rows: [
    { place: 'a', values: [1, null] },
    { place: 'b', values: [0.5, -2] },
  ],
};

it('figures are read by row, by series, and by their extremes; what is missing is not zero', () => {
  expect(tableOf(data)).toEqual({
    columns: ['Rule', 'live', 'shadow'],
    rows: [
      ['a', 1, null],
      ['b', 0.5, -2],
    ],
  });
  expect(valuesOf(data, 1)).toEqual([null, -2]);
  expect(extent(data)).toEqual([-2, 1]);
  expect(extent({ ...data, rows: [] })).toBeNull();
});
