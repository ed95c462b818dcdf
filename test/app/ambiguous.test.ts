/**
 * Every create takes effect and loses its answer: what became of it is looked up before anything is sent again. `FERRY_AMBIGUOUS=100000` for as
 * many creates.
 */
import { expect, it } from 'vitest'
import { mistakes } from './oracle.ts'
import { twoAccounts } from './two-accounts.ts'

const CONTACTS = Number(process.env['FERRY_AMBIGUOUS'] ?? 1_000)

it(`${CONTACTS} creates whose answer is lost: nobody twice, nobody lost`, async () => {
  const world = twoAccounts({
    from: { platform: 'infusionsoft', contacts: CONTACTS },
    to: {
      platform: 'adaptix',
      contacts: 0,
      faults: { lostAnswer: 1 },
      faultsOnly: ({ method, url }) => method === 'POST' && /\/contacts\/(batch\/)?new/.test(url),
    },
    seed: 41,
  })
  try {
    const { run, counts } = await world.run('migrate')
    expect(run).toMatchObject({ status: 'done', reason: null })
    expect(counts).toMatchObject({ balanced: true, unknown: 0 })
    expect(counts.applied).toBeGreaterThan(CONTACTS / 2)
    expect(world.faults.to?.counts.lostAnswer).toBeGreaterThan(CONTACTS / 300)
    const keys = world.to.snapshot().map(({ fields }) => fields['ferry_key'])
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toHaveLength(counts.applied)
    const [first] = (run.facts['books'] ?? []) as readonly { readonly plan: string }[]
    expect(await mistakes(world, first?.plan ?? '')).toEqual([])
    expect(world.to.consentBreaches).toEqual([])
    expect((await world.run('sync', { isFull: true })).writes).toBe(0)
  } finally {
    world.close()
  }
}, 3_600_000)
