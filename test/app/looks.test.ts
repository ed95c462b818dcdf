/** Contacts of an account that takes one a call are looked at many at a time before they are written, and no look counts for long. */
import { afterEach, expect, it } from 'vitest'
import { SIMULATORS } from '../../connectors/simulators.ts'
import type { SimulatedRequest, Simulator } from '../../src/connector/simulator.ts'
import { SEEN_MS } from '../../src/pipeline/apply/looks.ts'
import { patientClock } from '../patient-clock.ts'
import { handsOf } from '../world/hands.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

const PEOPLE = 150
const EDITED = 35

/** An account of Infusionsoft that is written from Adaptix, migrated, and tried. `heard`: what it is asked since. */
async function accounts() {
  const clock = patientClock(Date.parse('2026-11-01T09:00:00Z'))
  const module = SIMULATORS.find(({ platform }) => platform === 'infusionsoft')
  if (module === undefined) throw new Error('no simulator of infusionsoft')
  const simulator = module.create({ contacts: 0, seed: 9, quirks: {}, now: clock.now })
  const heard: string[] = []
  let listener: (operation: string, count: number) => void = () => {}
  const watched: Simulator = Object.create(simulator, {
    handle: {
      value(request: SimulatedRequest) {
        const operation = operationOf(request.body)
        heard.push(operation)
        listener(operation, heard.filter((one) => one === operation).length)
        return simulator.handle(request)
      },
    },
  })
  const world = twoAccounts({
    from: { platform: 'adaptix', contacts: PEOPLE },
    to: { platform: 'infusionsoft', contacts: 0, simulator: watched },
    seed: 9,
    clock,
    sync: '    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxIrreversibleConsents: 100 }\n',
  })
  open.push(world)
  await world.run('migrate')
  const source = handsOf(world.from, 9)
  const rename = async (people: number, jobTitle: string) => {
    clock.advance(3_600_000)
    for (const { id } of world.from.snapshot().slice(0, people)) source.edit(id, { jobTitle })
    heard.length = 0
    return world.run('sync')
  }
  // As many as make the configuration a tried one.
  await rename(120, 'Tried')
  return {
    world,
    simulator,
    heard,
    rename,
    onRequest: (work: typeof listener) => {
      listener = work
    },
  }
}

function operationOf(body: string): string {
  const method = /<methodName>(.*?)</.exec(body)?.[1] ?? ''
  const isById = /<string>Contact<\/string>[\s\S]*<name>Id<\/name>\s*<value>\s*<array>/.test(body)
  return method === 'DataService.query' && isById ? 'look' : method
}

it('thirty-five people are looked at together, and written in batches', async () => {
  const { heard, rename } = await accounts()
  const { counts } = await rename(EDITED, 'Together')
  expect(counts).toMatchObject({ applied: EDITED, balanced: true })
  const first = heard.indexOf('ContactService.update')
  const last = heard.lastIndexOf('ContactService.update')
  const looks = (operations: readonly string[]) => operations.filter((one) => one === 'look')
  expect(heard.filter((one) => one === 'ContactService.update')).toHaveLength(EDITED)
  // For the plan, and before the first write.
  expect(looks(heard.slice(0, first))).toHaveLength(2)
  expect(looks(heard.slice(first, last))).toEqual([])
})

it('an edit that a person makes while others are written survives, when the writing takes long', async () => {
  const { world, simulator, rename, onRequest } = await accounts()
  const hands = handsOf(simulator, 9)
  const last = world.from.snapshot()[EDITED - 1]?.emails[0] ?? ''
  const person = () => simulator.snapshot().find(({ emails }) => emails.includes(last))
  onRequest((operation, count) => {
    if (operation !== 'ContactService.update' || count !== 12) return
    world.clock.advance(SEEN_MS + 1)
    hands.edit(person()?.id ?? '', { jobTitle: 'by hand' })
  })
  const { counts } = await rename(EDITED, 'Late')
  expect(counts).toMatchObject({ applied: EDITED - 1, drifted: 1, balanced: true })
  expect(person()?.fields['JobTitle']).toBe('by hand')
})
