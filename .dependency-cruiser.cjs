/** Import rules of the tree. Each has the sentence that a breach prints. */
const spec = '\\.(spec|contract)\\.ts$';
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Data goes forward: no import cycles.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'libs/domain imports only domain libraries, and types of contracts and fhirtypes.',
      from: { path: '^libs/domain/', pathNot: spec },
      to: { pathNot: ['^libs/domain/', '^libs/contracts/', '^node_modules/@medplum/fhirtypes/', '\\.json$'] },
    },
    {
      name: 'domain-takes-types-of-contracts',
      severity: 'error',
      comment: 'The domain uses the types of contracts, not its code.',
      from: { path: '^libs/domain/', pathNot: spec },
      to: { path: '^libs/contracts/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'quantities-import-nothing',
      severity: 'error',
      comment: 'quantities is the bottom of the domain.',
      from: { path: '^libs/domain/quantities/', pathNot: spec },
      to: { pathNot: '^libs/domain/quantities/' },
    },
    {
      name: 'contracts-stand-low',
      severity: 'error',
      comment: 'contracts imports zod and quantities only.',
      from: { path: '^libs/contracts/', pathNot: spec },
      to: { pathNot: ['^libs/contracts/', '^libs/domain/quantities/', '^node_modules/zod/'] },
    },
    {
      name: 'platform-knows-no-app',
      severity: 'error',
      comment: 'platform never imports apps.',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-know-no-other-app',
      severity: 'error',
      comment: 'An app never imports another app.',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/all-in-one/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
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
      name: 'kafkajs-in-four-files',
      severity: 'error',
      comment:
        'kafkajs is imported by kafka.ts, kafka-client.ts, kafka-member.ts and kafka-topics.ts of messaging only.',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/platform/messaging/src/kafka(-client|-member|-topics)?\\.ts$', spec],
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
      from: { path: '^(apps|libs)/', pathNot: [spec, '^libs/testing/'] },
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
    tsConfig: { fileName: 'tsconfig.layers.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
