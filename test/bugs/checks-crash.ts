/** Crashes at every place of a few small scenarios. */
import assert from 'node:assert/strict'
import { enumerate } from '../crash/enumerate.ts'
import type { Scenario } from '../crash/scenario.ts'
import { ADA, ADAPTIX, GRACE, KEAP, NOBODY, planned, ROPE, tagged } from '../crash/worlds.ts'
import type { Check } from './checks.ts'

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'killed while creating, it makes no twin',
    from: KEAP,
    to: ADAPTIX,
    before: (world) => planned(world, NOBODY, GRACE),
    command: { kind: 'apply' },
  },
  {
    name: 'killed while creating segments, it makes no second one',
    from: KEAP,
    to: ADAPTIX,
    sync: '    mapping: { tags: { as: groups } }\n',
    before: (world) => planned(world, tagged(ADA, 'VIP')),
    command: { kind: 'apply' },
  },
  {
    name: 'killed while joining groups, nobody is left out',
    from: KEAP,
    to: ROPE,
    sync: '    mapping: { tags: { as: groups } }\n',
    before: (world) => planned(world, tagged(ADA, 'VIP')),
    command: { kind: 'apply' },
  },
]

export const CRASH_CHECKS: Readonly<Record<string, Check>> = Object.fromEntries(
  SCENARIOS.map((scenario) => [
    scenario.name,
    async () => {
      const { failures } = await enumerate(scenario, {
        isWhole: false,
        only: null,
        isOneEnough: true,
      })
      assert.deepEqual(failures, [])
    },
  ]),
)
