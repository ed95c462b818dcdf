import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Real processes and faults by chance: on CI a second try, which is reported. A test that needs it is to be looked at.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // One less than the cores is the default, which on two of them would leave one idle.
    maxWorkers: '100%',
  },
})
