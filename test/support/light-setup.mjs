// Setup of jest-light-runner, which runs the tests in plain Node: '@jest/globals', which refuses to load there, is our own module.
import { registerHooks } from 'node:module';

const globals = new URL('./timed-globals.mjs', import.meta.url).href;

registerHooks({
  resolve: (name, context, next) =>
    name === '@jest/globals' ? { url: globals, shortCircuit: true } : next(name, context),
});
