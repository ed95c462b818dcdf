/** A run is undone: its plan is made, and applied. */
import { addNotes } from './desk.ts'
import { add, edit, idOf, optOut } from './hands.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'
import { ADA, ADAPTIX, ALAN, GRACE, KEAP, later, people, ROPE, settled, tagged } from './worlds.ts'

const GUARDS =
  '    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxIrreversibleConsents: 99 }\n'
const base = { sync: `${GUARDS}    conflicts: from\n` } as const

/** Two are new there; one was there with another city, and has gone out of the mailing list since. */
async function moved(world: World): Promise<void> {
  add(world.to, { ...ADA, city: 'Paris' })
  people(world, tagged(ADA, 'VIP'), tagged(GRACE, 'VIP'), ALAN)
  optOut(world.from, 'ada@example.com')
  if (world.from.spec.platform !== 'xml-spec' && world.to.spec.platform !== 'xml-spec')
    await addNotes(world, 'from', [['Grace', 'Called.']])
  await settled(world, 'migrate')
}

async function movedAndPlanned(world: World): Promise<void> {
  await moved(world)
  await world.run({ kind: 'undo' })
}

const PAIRS = [
  [KEAP, ADAPTIX],
  [ADAPTIX, KEAP],
  [KEAP, ROPE],
  [ADAPTIX, ROPE],
] as const

export const UNDO: readonly Scenario[] = [
  {
    ...base,
    from: KEAP,
    to: ADAPTIX,
    name: 'the plan of an undo',
    before: moved,
    command: { kind: 'undo' },
  },
  ...PAIRS.map(
    ([from, to]): Scenario => ({
      ...base,
      from,
      to,
      name: `a migration from ${from.platform} to ${to.platform} is undone`,
      before: movedAndPlanned,
      command: { kind: 'apply' },
    }),
  ),
  {
    ...base,
    from: KEAP,
    to: ADAPTIX,
    name: 'a migration is undone in which somebody has edited since',
    before: async (world) => {
      await moved(world)
      edit(world.to, idOf(world.to, 'Grace'), { position: 'Admiral' })
      edit(world.to, idOf(world.to, 'Ada'), { city: 'Rome' })
      later(world)
      await world.run({ kind: 'undo' })
    },
    command: { kind: 'apply' },
  },
]
