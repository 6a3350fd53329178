import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['harness/**/*.test.ts', 'reports/**/*.test.ts'],
    globalSetup: 'harness/cli/built-program.fixture.ts',
    maxWorkers: 2,
    // No test changes what others see; loading the program and the suite anew for each file takes longer than most tests.
    isolate: false,
    // Against what hangs: a machine that is slow or busy is no reason to fail.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
