/** How SWC makes JavaScript of the sources. */
export const SWC = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
  },
  module: { type: 'es6' },
};

/**
 * Jest in ESM mode with SWC. Suites are chosen by suffix: .spec.ts is pure (milliseconds), .int.spec.ts needs services,
 * .e2e.spec.ts runs the whole flow as processes.
 */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/', '<rootDir>/.homeostat/'],
  moduleNameMapper: {
    '^#libs/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', SWC] },
};

const services = { ...shared, testEnvironment: '<rootDir>/test/support/plain-globals.js' };

export default {
  projects: [
    {
      ...shared,
      displayName: 'pure',
      runner: '<rootDir>/tools/one-process/runner.mjs',
      testRegex: '(?<!\\.(int|e2e))\\.spec\\.ts$',
    },
    { ...services, displayName: 'int', testRegex: '\\.int\\.spec\\.ts$' },
    { ...services, displayName: 'e2e', testRegex: '\\.e2e\\.spec\\.ts$' },
  ],
};
