import { expect, it } from '@jest/globals';
import { pageTitle } from './page-title.js';

it('a title begins with the number of open high alerts, if there is one', () => {
  expect(pageTitle('Ward', 0)).toBe('Ward · Homeostat');
  expect(pageTitle('Ward', 3)).toBe('(3 high) Ward · Homeostat');
  expect(pageTitle(undefined, 1)).toBe('(1 high) Homeostat');
});
