import { expect, it } from '@jest/globals';
import { isFirstPage } from './first-page.js';

it.each(['5:5:', '5:9:5,7,8', '12:40:12'])('takes the snapshot %s', (snapshot) => {
  expect(isFirstPage(snapshot, '1764374400000')).toBe(true);
});

it.each([
  '',
  '5:4:',
  '0:4:',
  '5:9:9',
  '5:9:4',
  '5:9:7,6',
  '5:9:7,7',
  '5:9:6,',
  '5:9',
  `5:9:${'6'.repeat(20)}`,
  `1:9999:${'7,'.repeat(3000)}8`,
])('refuses %s, which the database would not take', (snapshot) => {
  expect(isFirstPage(snapshot, '1764374400000')).toBe(false);
  expect(isFirstPage('5:5:', 'x')).toBe(false);
});
