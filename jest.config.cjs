const { availableParallelism } = require('node:os');

/** One configuration for every suite; the cost of a test is in its name (see CONTRIBUTING.md). */
module.exports = {
  testEnvironment: 'node',
  // Suites also wait for servers. At least two, because memory is given back only by worker processes.
  maxWorkers: availableParallelism() + 1,
  workerIdleMemoryLimit: '2GB',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testRegex: '\\.(spec|medium-spec|system-spec)\\.ts$',
  moduleFileExtensions: ['ts', 'js', 'json'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2024',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  // Real servers take their time on a busy machine; a test that hangs still ends.
  testTimeout: 30_000,
  globalSetup: '<rootDir>/libs/testing/src/jest/global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/src/jest/global-teardown.ts',
  moduleNameMapper: {
    '^@signalbox/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    // Exports itself to `import` alone, which Node's require(esm) does not mind and Jest's resolver does.
    '^@octokit/webhooks-methods$': '<rootDir>/node_modules/@octokit/webhooks-methods/dist-node/index.js',
  },
};
