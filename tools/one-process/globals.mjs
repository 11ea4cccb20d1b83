/** `@jest/globals` for suites that run outside Jest's contexts: tests, expectations and spies of the Jest that is installed. */
import { createRequire } from 'node:module';
import { expect } from 'expect';

const requireOfJest = createRequire(createRequire(import.meta.url).resolve('jest/package.json'));
const { ModuleMocker } = requireOfJest('jest-mock');
export const circus = requireOfJest('jest-circus');

export const { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } = circus;
export { expect };
export const jest = new ModuleMocker(globalThis);
