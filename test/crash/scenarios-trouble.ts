/** The target makes trouble before the crash: lost answers, throttling, records that it refuses. */
import type { Fault } from '../../src/simulation/faults.ts'
import { edit, idOf } from './hands.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'
import {
  ADA,
  ADAPTIX,
  ALAN,
  EDSGER,
  FAULTS,
  GRACE,
  KEAP,
  later,
  migrated,
  planned,
  tagged,
} from './worlds.ts'

const base = { from: KEAP, to: ADAPTIX, command: { kind: 'apply' } } as const
const creates = (world: World) => planned(world, ADA, GRACE, ALAN, EDSGER)
const updates = async (world: World) => {
  await migrated(world, ADA, GRACE, ALAN)
  for (const given of ['Ada', 'Grace', 'Alan'])
    edit(world.from, idOf(world.from, given), { City: `${given}ville` })
  later(world)
  await world.run({ kind: 'plan' })
}

function troubled(
  what: string,
  before: Scenario['before'],
  faults: readonly (Fault | null)[],
): Scenario {
  return { ...base, name: what, faults, ...(before === undefined ? {} : { before }) }
}

const ONE = [null, null] as const

export const TROUBLE: readonly Scenario[] = [
  troubled('the answer to a create is lost', creates, [...ONE, FAULTS.lost]),
  troubled('the answer to a batch of creates is lost', creates, [...ONE, null, FAULTS.lost]),
  troubled('the answer to making a field is lost', creates, [FAULTS.lost]),
  troubled('a create never arrives', creates, [...ONE, FAULTS.reset]),
  troubled('an answer breaks off', creates, [...ONE, FAULTS.cut, FAULTS.cut]),
  troubled('creates are throttled', creates, [...ONE, FAULTS.throttled, FAULTS.throttled]),
  troubled('the target is busy', creates, [FAULTS.busy, null, FAULTS.busy]),
  troubled('a 500 after the effect', creates, [...ONE, FAULTS.brokenAfter, FAULTS.brokenAfter]),
  troubled('a 500 before the effect', creates, [...ONE, FAULTS.brokenBefore]),
  troubled('an answer never comes', creates, [...ONE, FAULTS.hang]),
  troubled('a web page comes instead of an answer', creates, [...ONE, FAULTS.html]),
  troubled('the answer to an update is lost', updates, [FAULTS.lost]),
  troubled('updates are throttled', updates, [FAULTS.throttled, null, FAULTS.throttled]),
  troubled('an update never arrives', updates, [FAULTS.reset]),
  troubled('an update fails after the effect', updates, [FAULTS.brokenAfter]),
  {
    ...base,
    name: 'the answer to making a tag is lost',
    before: (world) => planned(world, tagged(ADA, 'VIP', 'Press')),
    faults: [null, FAULTS.lost, FAULTS.lost],
  },
  {
    ...base,
    to: {
      platform: 'adaptix',
      quirks: { poisonEmail: 'grace@example.com', poisonEffects: 'none' },
    },
    name: 'a batch with a poison record, which is not written at all',
    before: creates,
  },
  {
    ...base,
    to: {
      platform: 'adaptix',
      quirks: { poisonEmail: 'alan@example.com', poisonEffects: 'earlier' },
    },
    name: 'a batch with a poison record, of which the earlier ones are written',
    before: creates,
  },
  {
    ...base,
    to: { platform: 'adaptix', quirks: { poisonEmail: 'alan@example.com', poisonEffects: 'all' } },
    name: 'a batch with a poison record, all of which is written and not answered',
    before: creates,
  },
  {
    ...base,
    to: { platform: 'adaptix', quirks: { visibilityLagMs: 2_000 } },
    name: 'what was created is not seen at once',
    before: creates,
    faults: [...ONE, FAULTS.lost],
  },
  {
    ...base,
    name: 'a record that the target must refuse',
    before: (world) => planned(world, ADA, { ...GRACE, email: 'not-an-address' }, ALAN),
  },
  {
    ...base,
    name: 'somebody else has written since the plan was made',
    isQuiet: true,
    before: async (world) => {
      await planned(world, ADA, GRACE)
      await world.run({ kind: 'sync' })
    },
    command: { kind: 'apply', plan: 'oldest' },
  },
]
