import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // One less than the cores is the default, which on two of them would leave one idle.
    maxWorkers: '100%',
  },
})
