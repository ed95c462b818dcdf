/** Deciding holds: what is shown, what is decided, and that the next run does just that and nothing else. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Pair, type TwoWay, twoWay } from '../app/two-way-world.ts'
import { type Json, tell } from './session.ts'

let two: TwoWay
let pairs: readonly Pair[]
let next = 0
beforeAll(async () => {
  two = await twoWay({
    from: { platform: 'infusionsoft', contacts: 40 },
    to: { platform: 'adaptix', contacts: 0 },
    seed: 5,
  })
  await two.sync()
  pairs = (await two.pairs()).slice(5)
})
afterAll(() => two.close())

/** A pair whose first name was edited on both sides, synced, and so a hold; no other test touches it. */
async function dispute(names: readonly [string, string] = ['Here', 'There']): Promise<Pair> {
  const pair = pairs[next]
  next += 1
  if (pair === undefined) throw new Error('too few people')
  await two.edit('from', pair.from, { givenName: names[0] })
  await two.edit('to', pair.to, { givenName: names[1] })
  await two.sync()
  return pair
}
async function holdOf(pair: Pair): Promise<Json> {
  const [hold] = await two.holds(pair)
  if (hold === undefined) throw new Error('nothing is held')
  const listed = (await tell(two.world, ['holds', 'list', 'move'])).document as unknown as Json[]
  const found = listed.find((each) => each['id'] === (hold.id as unknown as Json))
  if (found === undefined) throw new Error('the hold is not listed')
  return found
}
const idOf = (hold: Json) => String(hold['id'])
const names = async (pair: Pair) => [
  (await two.see('from', pair.from)).fields['givenName'],
  (await two.see('to', pair.to)).fields['givenName'],
]
const resolve = (words: readonly string[], yes = true) =>
  tell(two.world, ['holds', 'resolve', ...words, '--by', 'anna'], { yes })

describe('a field that both sides hold another value of', () => {
  it('is listed with both values, masked as asked, and with how to decide', async () => {
    const pair = await dispute(['Wilhelmina', 'Billie'])
    const hold = await holdOf(pair)
    expect(hold['asks']?.[0]).toMatchObject({
      about: 'field',
      from: 'Wilhelmina',
      to: 'Billie',
      choices: ['from', 'to'],
      decision: null,
    })
    const list = await tell(two.world, ['holds', 'list'])
    expect(list.text).toContain('source "Wilhelmina" | target "Billie"')
    expect(list.text).toContain(`ferry holds resolve ${idOf(hold)} --take from|to`)
    const hidden = await tell(two.world, ['holds', 'list'], { mask: 'partial' })
    expect(hidden.text + JSON.stringify(hidden.document)).not.toMatch(/Wilhelmina|Billie/)
    expect(hidden.text).toContain('source "W***" | target "B***"')
    const person = ['explain', 'move', pair.from, '--side', 'from']
    const told = await tell(two.world, person, { mask: 'partial' })
    expect(told.text + JSON.stringify(told.document)).not.toMatch(/Wilhelmina|Billie/)
    await resolve([idOf(hold), '--take', 'from'])
    await two.sync()
  })

  it.each([
    ['from', ['Here', 'Here']],
    ['to', ['There', 'There']],
  ] as const)(
    'is decided for side "%s" by the next run, and the hold is gone',
    async (take, both) => {
      const pair = await dispute()
      const id = idOf(await holdOf(pair))
      const preview = await resolve([id, '--take', take], false)
      expect(preview).toMatchObject({
        code: 0,
        document: { decided: [{ choice: take }], written: false },
      })
      expect((await holdOf(pair))['asks']?.[0]?.['decision']).toBeNull()
      expect((await resolve([id, '--take', take])).document).toMatchObject({ written: true })
      expect((await holdOf(pair))['asks']?.[0]?.['decision']).toMatchObject({
        choice: take,
        who: 'anna',
      })
      expect(await names(pair)).toEqual(['Here', 'There'])
      const person = await tell(two.world, ['explain', 'move', pair.from, '--side', 'from'])
      expect(person.text).toContain('givenName: decided by anna on 2026-11-')
      expect(person.document['decisions']).toMatchObject([{ field: 'givenName', choice: take }])
      const plan = await two.world.run('plan')
      const shown = await tell(two.world, ['show', String(plan.run.plan), '--record', pair.from])
      expect(shown.text).toMatch(/decided by anna on 2026-11-/)
      await two.sync()
      expect(await names(pair)).toEqual(both)
      expect(await two.holds(pair)).toEqual([])
      expect((await two.sync()).writes).toBe(0)
    },
  )

  it('stays a question when a side moved after the decision', async () => {
    const pair = await dispute()
    await resolve([idOf(await holdOf(pair)), '--take', 'from'])
    await two.edit('to', pair.to, { givenName: 'Moved' })
    await two.sync()
    expect(await names(pair)).toEqual(['Here', 'Moved'])
    const hold = await holdOf(pair)
    expect(hold['asks']?.[0]).toMatchObject({ to: 'Moved', decision: null })
    expect(String(hold['asks']?.[0]?.['lapsed'])).toContain('anna')
    await two.edit('to', pair.to, { givenName: 'There' })
    await two.sync()
    // Back at the old values: what was decided then is over, and is not taken up again.
    expect(await names(pair)).toEqual(['Here', 'There'])
    await resolve([idOf(await holdOf(pair)), '--take', 'to'])
    await two.sync()
  })

  it('may be taken back, and is asked again', async () => {
    const pair = await dispute()
    const id = idOf(await holdOf(pair))
    await resolve([id, '--take', 'from'])
    await resolve([id, '--take', 'ask'])
    await two.sync()
    expect(await names(pair)).toEqual(['Here', 'There'])
    expect(await two.holds(pair)).toHaveLength(1)
    expect((await resolve([id, '--take', 'skip'])).document).toMatchObject({
      decided: [],
      refused: [{ why: expect.stringContaining('possible: from, to') }],
    })
    await resolve([id, '--take', 'to'])
    await two.sync()
  })

  it('is decided in bulk by a filter, which must be asked for', async () => {
    const some = [await dispute(), await dispute()]
    const filter = ['--kind', 'field', '--sync', 'move', '--take', 'from']
    expect((await resolve(filter)).failure?.message).toContain('nothing says which ones')
    const told = await resolve([...filter, '--all'])
    expect(told.document['decided']).toHaveLength(2)
    await two.sync()
    for (const pair of some) expect(await names(pair)).toEqual(['Here', 'Here'])
  })
})

describe('a file of decisions', () => {
  const file = () => join(two.world.folder, 'holds.csv')
  const edit = (change: (text: string) => string) =>
    writeFileSync(file(), change(readFileSync(file(), 'utf8')))
  const put = (id: string, word: string) =>
    edit((text) =>
      text
        .split('\r\n')
        .map((line) =>
          line.includes(`,"${id}",`) ? line.replace(/^(?:"")?,/, `"${word}",`) : line,
        )
        .join('\r\n'),
    )
  const read = (yes = true) => tell(two.world, ['holds', 'import', file(), '--by', 'anna'], { yes })

  it('is exported, filled in, imported and obeyed; what moved since stays a hold', async () => {
    const [decided, moved] = [await dispute(), await dispute()]
    const ids = [idOf(await holdOf(decided)), idOf(await holdOf(moved))] as const
    expect((await tell(two.world, ['holds', 'export', file(), 'move'])).code).toBe(0)
    for (const id of ids) put(id, 'from')
    await two.edit('to', moved.to, { givenName: 'Meanwhile' })
    await two.sync()
    expect((await read(false)).document).toMatchObject({ written: false })
    const told = await read()
    expect(told.code).toBe(6)
    expect(told.document).toMatchObject({
      decided: [{ id: ids[0], choice: 'from' }],
      refused: [{ id: ids[1], why: expect.stringContaining('moved since') }],
    })
    await two.sync()
    expect(await names(decided)).toEqual(['Here', 'Here'])
    expect(await names(moved)).toEqual(['Here', 'Meanwhile'])
    const again = await read()
    expect(again.code).toBe(6)
    expect(again.text).toMatch(/holds\.csv:\d+: hold \d+ is not open any more/)
    await resolve([ids[1], '--take', 'to'])
    await two.sync()
  })

  it('with a word that is no decision decides nothing, and names the line', async () => {
    const pair = await dispute()
    const id = idOf(await holdOf(pair))
    await tell(two.world, ['holds', 'export', file()])
    put(id, 'mine')
    const told = await read()
    expect(told.code).toBe(2)
    const lines = readFileSync(file(), 'utf8').split('\r\n')
    const line = lines.findIndex((each) => each.startsWith('"mine"')) + 1
    expect(told.failure?.message).toContain(`holds.csv:${line}: "mine" is no decision`)
    expect((await holdOf(pair))['asks']?.[0]?.['decision']).toBeNull()
    await resolve([id, '--take', 'to'])
    await two.sync()
  })

  it('hides personal data as asked, and holds no cell that a spreadsheet would run', async () => {
    const pair = await dispute(['=HYPERLINK("x")', 'There'])
    await tell(two.world, ['holds', 'export', file()])
    expect(readFileSync(file(), 'utf8')).not.toMatch(/(^|,)"=/m)
    await tell(two.world, ['holds', 'export', file()], { mask: 'full' })
    expect(readFileSync(file(), 'utf8')).not.toContain('HYPERLINK')
    await resolve([idOf(await holdOf(pair)), '--take', 'to'])
    await two.sync()
    expect(await two.holds(pair)).toEqual([])
  })
})

it('who decided what, and when, is on record', async () => {
  const app = await two.world.open({ mayWrite: false })
  try {
    const entries = (await app.store.audit.list(1_000)).filter(
      ({ what }) => what === 'holds decided',
    )
    expect(entries.length).toBeGreaterThan(5)
    expect(entries.every(({ who }) => who === 'anna')).toBe(true)
    expect(entries[0]?.data).toMatchObject([{ sync: 'move', choice: expect.any(String) }])
  } finally {
    await app.close()
  }
})
