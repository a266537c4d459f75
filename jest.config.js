// Jest runs the TypeScript sources as they are: Node 24 strips the types, nothing is transformed. The light runner has no module
// registry for every file, which took a third of the run (136 suites that each linked the whole service once more).
export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  runner: ['jest-light-runner', { runtime: 'child_process' }],
  setupFiles: ['<rootDir>/test/support/light-setup.mjs'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  maxWorkers: 2,
};
