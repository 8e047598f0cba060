/**
 * Everything runs on real servers, so files share one Postgres and one Redis from the global set-up. Files run in
 * Node itself, many in one process: what they share is loaded once.
 */
export default {
  runner: 'jest-light-runner',
  setupFiles: ['<rootDir>/test/support/runner/set-up-modules.js'],
  setupFilesAfterEnv: ['<rootDir>/test/support/runner/set-up-files.js'],
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  reporters: ['default', '<rootDir>/test/support/count-reporter.js'],
  maxWorkers: 2,
};
