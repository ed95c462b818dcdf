import { afterAll, describe, expect, it } from 'vitest'
import { twoAccounts } from '../app/two-accounts.ts'
import { tell } from './session.ts'

const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 20 },
  to: { platform: 'adaptix', contacts: 0 },
})
afterAll(two.close)

describe('ferry inventory', () => {
  it('counts what no sync moves, most first, and writes nothing', async () => {
    const got = await tell(two, ['inventory', 'source'])
    expect(got.code).toBe(0)
    const items = got.document as unknown as readonly {
      kind: string
      name: string
      count: number | null
    }[]
    expect(items.length).toBeGreaterThan(2)
    const counts = items.map(({ count }) => count ?? -1)
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
    for (const { name } of items) expect(got.text).toContain(name.slice(0, 40))
    expect(two.from.counts.write).toBe(0)
  })

  it('knows the other side too', async () => {
    const got = await tell(two, ['inventory', 'target'])
    expect(got.code).toBe(0)
    expect(Array.isArray(got.document)).toBe(true)
  })

  it('says which connections there are when one is misspelt', async () => {
    expect((await tell(two, ['inventory', 'sorce'])).failure?.message).toContain('"source"')
  })
})
