import { expect, it } from '@jest/globals';
import { wrapped } from './wrapped.js';

it.each([
  ['Glucose low', 20, 'Glucose low'],
  ['Oxygen saturation low', 10, 'Oxygen\nsaturation\nlow'],
  ['glucose-low-soon-early', 12, 'glucose-low-\nsoon-early'],
  ['Atrioventricular', 5, 'Atrioventricular'],
  ['', 5, ''],
])('%j on lines of %d characters is %j', (name, characters, shown) => {
  expect(wrapped(name, characters)).toBe(shown);
});
