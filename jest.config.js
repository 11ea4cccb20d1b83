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
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'es6' },
      },
    ],
  },
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'pure',
      testEnvironment: '<rootDir>/test/support/plain-globals.js',
      testRegex: '(?<!\\.(int|e2e))\\.spec\\.ts$',
    },
    { ...shared, displayName: 'int', testRegex: '\\.int\\.spec\\.ts$' },
    { ...shared, displayName: 'e2e', testRegex: '\\.e2e\\.spec\\.ts$' },
  ],
};
