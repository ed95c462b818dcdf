/** A side that answers what is asked and takes nothing that is written: the run ends, says so, and is gone on with later. */
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../src/cli/exit.ts'
import type { Simulator } from '../../src/connector/simulator.ts'
import type { FaultKind } from '../../src/simulation/faults.ts'
import { type TwoAccounts, type TwoAccountsOptions, twoAccounts, using } from './two-accounts.ts'
import { over } from './two-way-world.ts'

const CONTACTS = 40
const SEED = 3
const TWO_WAY = '    direction: two-way\n    guards: { maxOverwritePercent: 100 }\n'

function between(
  platforms: readonly [string, string],
  sync: string,
  to: Partial<TwoAccountsOptions['to']> = {},
): TwoAccounts {
  return twoAccounts({
    from: { platform: platforms[0], contacts: CONTACTS },
    to: { platform: platforms[1], contacts: 0, ...to },
    seed: SEED,
    sync,
  })
}

describe.each([
  { name: 'one-way', kind: 'migrate', sync: '' },
  { name: 'two-way', kind: 'sync', sync: TWO_WAY },
] as const)('$name', ({ kind, sync }) => {
  it.each<{ from: string; to: string; fault: FaultKind }>([
    { from: 'infusionsoft', to: 'adaptix', fault: 'unavailable' },
    { from: 'adaptix', to: 'infusionsoft', fault: 'unavailable' },
    { from: 'infusionsoft', to: 'xml-spec', fault: 'unavailable' },
    { from: 'infusionsoft', to: 'adaptix', fault: 'resetBefore' },
    { from: 'infusionsoft', to: 'infusionsoft', fault: 'resetBefore' },
  ])(
    'from $from to $to, every write met by $fault: ends with 9; later the same command brings everybody',
    async ({ from, to, fault }) => {
      const calm = between([from, to], sync)
      let isDown = true
      const world = between([from, to], sync, {
        faults: { [fault]: 1 },
        // Words are made first, and a side that takes none stops there: here it is the people that are refused.
        faultsOnly: (request) =>
          isDown && world.to.isMutation(request) && isAboutPeople(request.url, request.body),
      })
      try {
        await calm.run(kind)
        const failed: unknown = await world.run(kind).catch((error: unknown) => error)
        expect(failed).toBeInstanceOf(Error)
        expect([failed, failureOf(failed).code]).toEqual([failed, 9])
        expect(world.to.snapshot()).toEqual([])
        isDown = false
        const { run } = await world.run(kind)
        expect(run.status).toBe('done')
        expect(people(world.to)).toEqual(people(calm.to))
        // What an undisturbed pair still writes in its second run, and no more.
        const undisturbed = await calm.run('sync')
        const again = await world.run('sync')
        expect(again.writes).toBe(undisturbed.writes)
      } finally {
        world.close()
        calm.close()
      }
    },
  )
})

it('an account that goes down in the midst of many updates is no fault of theirs: the rest is written later', async () => {
  const state = { isLimited: false, left: 25 }
  const world = between(
    ['adaptix', 'infusionsoft'],
    '    guards: { maxChangedPercent: 100, maxOverwritePercent: 100, maxIrreversibleConsents: 99 }\n',
    {
      faults: { unavailable: 1 },
      faultsOnly: (request) => {
        if (!state.isLimited || !world.to.isMutation(request)) return false
        state.left -= 1
        return state.left < 0
      },
    },
  )
  try {
    await world.run('migrate')
    // So many that no small first batches are made any more, and one slice holds them all.
    const { pairs, edit } = over(world)
    const all = await pairs()
    for (const { from } of all) await edit('from', from, { jobTitle: 'Moved on' })
    world.clock.advance(3_600_000)
    state.isLimited = true
    const failed: unknown = await world.run('sync').catch((error: unknown) => error)
    expect([failed, failureOf(failed).code]).toEqual([failed, 9])
    state.isLimited = false
    // One whose turn was the last of its slice looks like one that fails by itself.
    expect(await rejects(world)).toBeLessThanOrEqual(1)
    expect((await world.run('sync')).run.status).toBe('done')
    const moved = world.to.snapshot().filter(({ fields }) => fields['JobTitle'] === 'Moved on')
    expect(moved.length).toBe(all.length)
    world.clock.advance(3_600_000)
    expect((await world.run('sync')).run.status).toBe('done')
    expect(await rejects(world)).toBe(0)
  } finally {
    world.close()
  }
})

function rejects(world: TwoAccounts): Promise<number> {
  const asked = { sync: 'move', kind: 'reject', limit: 100 } as const
  return using(world, async (app) => (await app.store.cases.list(asked)).length)
}

function isAboutPeople(url: string, body: string): boolean {
  return /contacts/.test(url) || /ContactService|<Contact\b|AddContacts|EditContacts/.test(body)
}

/** Without their numbers there and the times at which they were written. */
function people(simulator: Simulator): readonly string[] {
  return simulator
    .snapshot()
    .map(({ emails, tags, groups, optedOut }) => {
      return JSON.stringify([emails, [...tags].sort(), [...groups].sort(), [...optedOut].sort()])
    })
    .sort()
}
