/** Links written by hand: checked line by line, kept all or none, and taken up by the next run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { twoAccounts } from '../app/two-accounts.ts'
import { type Json, tell } from './session.ts'

const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 30 },
  to: { platform: 'adaptix', contacts: 20 },
  sync: '    conflicts: hold\n    guards: { maxOverwritePercent: 100, maxChangedPercent: 100, maxIrreversibleConsents: 1000 }\n',
})
const file = join(two.folder, 'links.csv')
let here: readonly string[] = []
let there: readonly string[] = []
beforeAll(() => {
  here = two.from.snapshot().map(({ id }) => id)
  there = two.to.snapshot().map(({ id }) => id)
})
afterAll(two.close)

function bring(
  rows: readonly (readonly [string | undefined, string | undefined])[],
  words: readonly string[] = [],
) {
  writeFileSync(file, ['from,to', ...rows.map(([from, to]) => `${from},${to}`)].join('\n'))
  return tell(two, ['links', 'import', 'move', file, ...words])
}
const listed = async () =>
  (await tell(two, ['links', 'list', 'move'])).document as unknown as readonly Json[]

describe('a file of links', () => {
  it('whose lines contradict each other is refused whole, line by line', async () => {
    const told = await bring([
      [here[0], there[0]],
      [here[0], there[1]],
      [here[2], there[0]],
    ])
    expect(told.code).toBe(5)
    expect(told.document).toMatchObject({ added: 0, problems: [{ line: 3 }, { line: 4 }] })
    expect(told.text).toContain(`${file}:3: ${here[0]} stands on line 2 too`)
    expect(await listed()).toEqual([])
  })

  it('whose contacts are not there is refused where that is asked for', async () => {
    const told = await bring(
      [
        [here[0], '999999'],
        ['888888', there[1]],
      ],
      ['--check'],
    )
    expect(told.document).toMatchObject({ added: 0, problems: [{ line: 2 }, { line: 3 }] })
    expect(told.text).toContain('999999 at target: there is no such contact')
  })

  it('without a name for one of its columns is refused', async () => {
    writeFileSync(file, 'from;to\n1;2\n')
    expect((await tell(two, ['links', 'import', 'move', file])).code).toBe(2)
  })

  it('is kept before any run, and decides who is whom', async () => {
    const told = await bring(
      [
        [here[0], there[0]],
        [here[1], there[1]],
      ],
      ['--check'],
    )
    expect(told).toMatchObject({ code: 0, document: { added: 2, existing: 0, problems: [] } })
    await two.run('sync')
    const pairs = (await listed()).map((each) => [String(each['from']), String(each['to'])])
    expect(pairs).toContainEqual([here[0], there[0]])
    expect(pairs).toContainEqual([here[1], there[1]])
    expect((await bring([[here[0], there[0]]])).document).toMatchObject({ added: 0, existing: 1 })
  })

  it('that wants somebody who has a partner is refused, with who that is', async () => {
    const told = await bring([
      [here[0], there[5]],
      ['777777', there[0]],
    ])
    expect(told.text).toContain(`:2: ${here[0]} is linked to ${there[0]} already`)
    expect(told.text).toContain(`:3: ${there[0]} belongs to ${here[0]} already`)
    expect(told.code).toBe(5)
  })

  it('is taken up by the next run, although nothing changed', async () => {
    const [last] = (await listed()).slice(-1)
    const [from, to] = [String(last?.['from']), String(last?.['to'])]
    await tell(two, ['links', 'end', 'move', from])
    expect((await bring([[from, to]])).document).toMatchObject({ added: 1 })
    const app = await two.open({ mayWrite: false })
    try {
      expect(await app.store.cases.count('move', 'retry')).toBe(1)
      await two.run('sync')
      const link = (await app.store.links.page('move', null, 1_000)).find(
        (one) => one.fromId === from,
      )
      expect(link?.fromBase).not.toBeNull()
      expect(await app.store.cases.count('move', 'retry')).toBe(0)
    } finally {
      await app.close()
    }
  })
})
