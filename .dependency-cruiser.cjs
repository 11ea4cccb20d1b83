/** Import rules of the tree. Each has the sentence that a breach prints. */
const spec = '\\.(spec|contract|fixture)\\.ts$';
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Data goes forward: no import cycles, not of types either.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'libs/domain imports only domain libraries, and types of contracts and fhirtypes.',
      from: { path: '^libs/domain/', pathNot: spec },
      to: {
        pathNot: [
          '^libs/domain/',
          '^libs/contracts/',
          '^node_modules/@medplum/fhirtypes/',
          '^node_modules/@noble/hashes/', // by quantities only, see below
          '^node_modules/(pure-rand|ml-matrix)/', // pure numerics, for models
          '\\.json$',
        ],
      },
    },
    {
      name: 'domain-takes-types-of-contracts',
      severity: 'error',
      comment: 'The domain uses the types of contracts, not its code.',
      from: { path: '^libs/domain/', pathNot: spec },
      to: { path: '^libs/contracts/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'twin-knows-no-pack',
      severity: 'error',
      comment: 'The twin takes a catalogue as an argument: it imports no pack.',
      from: { path: '^libs/domain/twin/', pathNot: spec },
      to: { path: '^libs/domain/packs/' },
    },
    {
      name: 'packs-where-something-is-composed',
      severity: 'error',
      comment: 'Only apps, tools and tests choose packs; no library does.',
      from: { path: '^libs/', pathNot: [spec, '^libs/domain/packs/', '^libs/testing/'] },
      to: { path: '^libs/domain/packs/' },
    },
    {
      name: 'models-where-something-is-composed',
      severity: 'error',
      comment: 'Only apps, tools and tests choose models; no library does.',
      from: { path: '^libs/', pathNot: [spec, '^libs/domain/models/', '^libs/testing/'] },
      to: { path: '^libs/domain/models/' },
    },
    {
      name: 'fixtures-only-from-tests',
      severity: 'error',
      comment: 'Fixtures are test code.',
      from: { path: '^(apps|libs|tools)/', pathNot: spec },
      to: { path: '\\.fixture\\.ts$' },
    },
    {
      name: 'quantities-import-nothing',
      severity: 'error',
      comment: 'quantities is the bottom of the domain; SHA-256 alone is not its own.',
      from: { path: '^libs/domain/quantities/', pathNot: spec },
      to: { pathNot: ['^libs/domain/quantities/', '^node_modules/@noble/hashes/'] },
    },
    {
      name: 'noble-hashes-in-one-file',
      severity: 'error',
      comment: '@noble/hashes is imported by quantities/src/identity/hash.ts only.',
      from: { path: '^(apps|libs)/', pathNot: '^libs/domain/quantities/src/identity/hash\\.ts$' },
      to: { path: '^node_modules/@noble/hashes/' },
    },
    {
      name: 'contracts-stand-low',
      severity: 'error',
      comment: 'contracts imports zod and quantities only.',
      from: { path: '^libs/contracts/', pathNot: spec },
      to: { pathNot: ['^libs/contracts/', '^libs/domain/quantities/', '^node_modules/zod/'] },
    },
    {
      name: 'samples-are-pure',
      severity: 'error',
      comment: 'samples imports contracts and quantities only.',
      from: { path: '^libs/samples/', pathNot: spec },
      to: { pathNot: ['^libs/samples/', '^libs/contracts/', '^libs/domain/quantities/', '^(node:)?buffer$'] },
    },
    {
      name: 'fhir-search-is-pure',
      severity: 'error',
      comment: 'fhir-search imports domain/fhir, quantities, fhirpath and UCUM only: no framework, no database.',
      from: { path: '^libs/fhir-search/', pathNot: spec },
      to: {
        pathNot: [
          '^libs/fhir-search/',
          '^libs/domain/(fhir|quantities)/',
          '^node_modules/(fhirpath|@lhncbc/ucum-lhc)/',
          '\\.json$',
        ],
      },
    },
    {
      name: 'fhir-validation-is-pure',
      severity: 'error',
      comment:
        'fhir-validation imports domain/fhir and fhirpath only (loaded when first needed): no framework, no database.',
      from: { path: '^libs/fhir-validation/', pathNot: spec },
      to: {
        pathNot: ['^libs/fhir-validation/', '^libs/domain/fhir/', '^node_modules/fhirpath/', '^(node:)?module$'],
      },
    },
    {
      name: 'fhir-rest-is-pure',
      severity: 'error',
      comment:
        'fhir-rest imports domain/fhir, quantities, fhir-search, fhir-validation and types of contracts only: no framework, no database.',
      from: { path: '^libs/fhir-rest/', pathNot: spec },
      to: {
        pathNot: [
          '^libs/fhir-rest/',
          '^libs/fhir-search/',
          '^libs/fhir-validation/',
          '^libs/contracts/',
          '^libs/domain/(fhir|quantities)/',
        ],
      },
    },
    {
      name: 'fhir-rest-takes-types-of-contracts',
      severity: 'error',
      comment: 'fhir-rest uses the types of contracts, not its code.',
      from: { path: '^libs/fhir-rest/', pathNot: spec },
      to: { path: '^libs/contracts/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'platform-knows-no-app',
      severity: 'error',
      comment: 'platform never imports apps.',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'runtime-is-on-top',
      severity: 'error',
      comment: 'runtime joins the platform libraries into a process; no library imports it.',
      from: { path: '^libs/', pathNot: '^libs/platform/runtime/' },
      to: { path: '^libs/platform/runtime/' },
    },
    {
      name: 'config-imports-no-library',
      severity: 'error',
      comment: 'config is the bottom of the platform.',
      from: { path: '^libs/platform/config/', pathNot: spec },
      to: { path: '^libs/', pathNot: '^libs/platform/config/' },
    },
    {
      name: 'apps-know-no-other-app',
      severity: 'error',
      comment: 'An app never imports another app.',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/all-in-one/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'console-stands-apart',
      severity: 'error',
      comment:
        'The console runs in a browser: it imports nothing of the server, and knows the API by docs/openapi.json. Its specs run with the others. What builds it runs in Node.',
      from: { path: '^apps/console/', pathNot: '^apps/console/vite\\.config\\.ts$' },
      to: { pathNot: ['^apps/console/', '^node_modules/', '^libs/testing/properties/'] },
    },
    {
      name: 'all-in-one-imports-modules-only',
      severity: 'error',
      comment: 'all-in-one imports only the module files of the other apps.',
      from: { path: '^apps/all-in-one/' },
      to: { path: '^apps/', pathNot: ['^apps/all-in-one/', '\\.module\\.ts$'] },
    },
    {
      name: 'libraries-by-their-index',
      severity: 'error',
      comment: "Only a library's index.ts is public.",
      from: { path: '^(apps|tools|bench|test|examples)/' },
      to: { path: '^libs/', pathNot: '/src/index\\.ts$' },
    },
    {
      name: 'library-to-library-by-index',
      severity: 'error',
      comment: "Only a library's index.ts is public.",
      from: { path: '^libs/((?:domain|platform)/[^/]+|[^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '/src/index\\.ts$'] },
    },
    {
      name: 'kafkajs-in-one-folder',
      severity: 'error',
      comment: 'kafkajs is imported by the folder kafka of messaging only.',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/platform/messaging/src/kafka/', spec],
      },
      to: { path: '^node_modules/kafkajs/' },
    },
    {
      name: 'ioredis-in-one-file',
      severity: 'error',
      comment: 'ioredis is imported by storage/src/hot-state/redis.ts only.',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/platform/storage/src/hot-state/redis\\.ts$', spec] },
      to: { path: '^node_modules/ioredis/' },
    },
    {
      name: 'testing-only-from-specs',
      severity: 'error',
      comment: 'libs/testing is for specs.',
      from: { path: '^(apps|libs)/', pathNot: [spec, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'not-to-dev',
      severity: 'error',
      comment: 'Shipped code uses no dev dependency.',
      from: { path: '^(apps|libs)/', pathNot: [spec, '^libs/testing/', '^apps/console/'] }, // the console is bundled
      to: { dependencyTypes: ['npm-dev'], pathNot: ['^node_modules/@types/'] },
    },
    {
      name: 'no-unresolvable', // @medplum/fhirtypes is types only: nothing to resolve at run time.
      severity: 'error',
      comment: 'Every import resolves.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@medplum/fhirtypes' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: ['^dist/', 'libs/platform/storage/src/generated/'] },
    tsPreCompilationDeps: true,
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
