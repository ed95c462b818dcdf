import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseMapping } from '../../src/mapping/parse.ts'
import { twoAccounts } from '../app/two-accounts.ts'
import { tell } from './session.ts'

/** The same invented people on both sides. */
const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 60 },
  to: { platform: 'adaptix', contacts: 60 },
})
afterAll(two.close)

describe('ferry map suggest', () => {
  it('proposes rules with what speaks for them, as a mapping that can be read', async () => {
    const got = await tell(two, ['map', 'suggest', 'move'])
    expect(got.failure).toBeNull()
    expect(got.document['pairs']).toBeGreaterThan(10)
    expect(got.text).toMatch(/% sure; labels \d+ % alike/)
    const { problems } = parseMapping(got.text, 'suggested')
    expect(problems).toEqual([])
    const proposed = got.document['proposals'] as unknown as readonly { to: string | null }[]
    const rules = got.text.match(/^ {2}- \{ from:/gm) ?? []
    expect(rules.length).toBe(proposed.filter(({ to }) => to !== null).length)
    expect(rules.length).toBeGreaterThan(0)
    expect(two.from.counts.write + two.to.counts.write).toBe(0)
  })

  it('writes them to a file, and never over one that exists', async () => {
    const out = join(two.folder, 'mine.yaml')
    expect((await tell(two, ['map', 'suggest', 'move', '--out', out])).text).toContain(out)
    expect(readFileSync(out, 'utf8')).toContain('fields:')
    writeFileSync(out, 'mine')
    const again = await tell(two, ['map', 'suggest', 'move', '--out', out])
    expect(again.failure).toMatchObject({ code: 2, message: `${out} exists already` })
    expect(readFileSync(out, 'utf8')).toBe('mine')
  })

  it('is readable where the target has nobody yet', async () => {
    const empty = twoAccounts({
      from: { platform: 'infusionsoft', contacts: 20 },
      to: { platform: 'adaptix', contacts: 0 },
    })
    const got = await tell(empty, ['map', 'suggest', 'move'])
    empty.close()
    expect(got.document['pairs']).toBe(0)
    expect(parseMapping(got.text, 'suggested').problems).toEqual([])
  })
})
