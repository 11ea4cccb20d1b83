/**
 * For `npm run mutate`: the pure suites of libraries and apps. Those of tools read recordings and examples, and would make each
 * mutant slow. Paths are absolute, because the mutation tool loads them itself.
 */
import { fileURLToPath } from 'node:url';
import config from './jest.config.js';

// The mutation tool loads modules anew itself.
const { runner: _, ...pure } = config.projects[0];

export default {
  ...pure,
  roots: ['<rootDir>/libs', '<rootDir>/apps'],
  testEnvironment: fileURLToPath(new URL('./test/support/plain-globals.js', import.meta.url)),
};
