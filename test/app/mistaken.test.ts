/** A server that answers a batch in another order than it was asked makes nobody change places with somebody else. */
import { afterEach, describe, expect, it } from 'vitest'
import { SIMULATORS } from '../../connectors/simulators.ts'
import type { SimulatedRequest, Simulator } from '../../src/connector/simulator.ts'
import { patientClock } from '../patient-clock.ts'
import { withRows } from '../world/rows.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'
import { bare } from './two-way-world.ts'

const open: TwoAccounts[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

describe.each(['ferry_key', 'none'])('with the marker %s', (marker) => {
  it('everybody is linked to the one who was created for them', async () => {
    const clock = patientClock(Date.parse('2026-11-01T09:00:00Z'))
    const module = SIMULATORS.find(({ platform }) => platform === 'adaptix')
    if (module === undefined) throw new Error('no simulator of adaptix')
    const simulator = module.create({ contacts: 0, seed: 4, quirks: {}, now: clock.now })
    let reversed = 0
    const watched: Simulator = Object.create(simulator, {
      handle: {
        value(request: SimulatedRequest) {
          const response = simulator.handle(request)
          if (!request.url.includes('contacts/batch/new')) return response
          reversed += 1
          return withRows('adaptix', response, (rows) => [...rows].reverse()) ?? response
        },
      },
    })
    const world = twoAccounts({
      from: { platform: 'infusionsoft', contacts: 60 },
      to: { platform: 'adaptix', contacts: 0, simulator: watched },
      seed: 4,
      clock,
      sync: `    mapping: { marker: ${marker} }\n`,
    })
    open.push(world)
    const { run, counts } = await world.run('migrate')
    expect(run.status).toBe('done')
    expect(counts).toMatchObject({ unknown: 0, balanced: true })
    expect(reversed).toBeGreaterThan(1)

    const app = await world.open({ mayWrite: false })
    const links = await app.store.links.page('move', null, 1_000)
    await app.close()
    const emailOf = (side: 'from' | 'to', id: string) =>
      world[side]
        .snapshot()
        .find((contact) => contact.id === id)
        ?.emails[0]?.toLowerCase()
    const mixed = links.filter(
      ({ fromId, toId }) => emailOf('from', bare(fromId)) !== emailOf('to', bare(toId)),
    )
    expect(links.length).toBeGreaterThan(40)
    expect(mixed.map(({ fromId, toId }) => `${fromId} is linked to ${toId}`)).toEqual([])
    const names = world.to.snapshot().map(({ emails }) => emails[0]?.toLowerCase() ?? '')
    const addresses = names.filter((one) => one !== '')
    expect(new Set(addresses).size).toBe(addresses.length)
  })
})
