/** The state is lost; the markers at the target tell who is whom, and nobody is created twice. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeMarkers } from '../../src/app/links-marked.ts'
import { remoteId } from '../../src/model/id.ts'
import { tell } from '../cli-more/session.ts'
import { type TwoAccounts, twoAccounts } from './two-accounts.ts'

describe('links that are rebuilt', () => {
  let two: TwoAccounts
  beforeEach(async () => {
    two = twoAccounts({
      from: { platform: 'infusionsoft', contacts: 80 },
      to: { platform: 'adaptix', contacts: 0 },
      seed: 5,
    })
    expect((await two.run('migrate')).run.status).toBe('done')
  })
  afterEach(() => two.close())

  const loseState = () => {
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(two.folder, `state.db${end}`), { force: true })
  }
  async function links() {
    const app = await two.open({ mayWrite: false })
    try {
      const page = await app.store.links.page('move', null, 10_000)
      return page.map(({ fromId, toId }) => `${fromId} ${toId}`).sort()
    } finally {
      await app.close()
    }
  }
  async function mark(id: string, value: string) {
    const app = await two.open()
    try {
      await (await app.writer('target')).call(
        'contacts.edit',
        { id: Number(id), ferry_key: value },
        new AbortController().signal,
      )
    } finally {
      await app.close()
    }
  }

  it('are those that were lost; nothing is written without --yes, and the next sync creates nobody', async () => {
    const before = await links()
    const people = two.to.snapshot().length
    loseState()
    const shown = await tell(two, ['links', 'repair', 'move'])
    expect(shown).toMatchObject({ code: 0, document: { written: false, existing: 0 } })
    expect(await links()).toEqual([])
    const written = two.to.counts.write + two.from.counts.write
    const told = await tell(two, ['links', 'repair', 'move'], { yes: true })
    expect(told).toMatchObject({ code: 0, document: { written: true, conflicts: [] } })
    expect(two.to.counts.write + two.from.counts.write).toBe(written)
    expect(await links()).toEqual(before)
    const again = await tell(two, ['links', 'repair', 'move'], { yes: true })
    expect(again.document).toMatchObject({ existing: before.length, links: [], written: false })
    const next = await two.run('sync')
    expect(next.run.status).toBe('done')
    expect(two.to.snapshot()).toHaveLength(people)
    expect(await links()).toEqual(before)
  })

  it('leave what is not certain to a person, as holds', async () => {
    const before = await links()
    const [first, second] = before.map((each) => each.split(' ')) as [string[], string[]]
    loseState()
    await mark(second[1] ?? '', `source:${first[0]}`)
    const told = await tell(two, ['links', 'repair', 'move'], { yes: true })
    expect(told.code).toBe(6)
    expect(told.text).toContain(`${first[0]}: 2 contacts at the target carry its marker`)
    expect(await links()).toEqual(before.slice(2))
    const holds = await tell(two, ['holds', 'list', 'move'])
    expect(JSON.stringify(holds.document)).toContain('carry its marker')
  })

  it('are refused where the target has no marker field', async () => {
    const bare = twoAccounts({
      from: { platform: 'infusionsoft', contacts: 1 },
      to: { platform: 'adaptix', contacts: 0 },
    })
    const told = await tell(bare, ['links', 'repair', 'move'])
    expect(told.code).toBe(2)
    expect(told.failure?.message).toContain('no marker field')
    bare.close()
  })
})

describe('markers are judged', () => {
  const id = remoteId
  const nobody = { toOf: new Map(), fromOf: new Map(), absent: new Map() }
  const one = [{ fromId: id('1'), toId: id('a') }]
  it.each([
    ['free', nobody, 'link'],
    ['gone', { ...nobody, absent: new Map([[id('1'), 'it is gone']]) }, 'it is gone'],
    ['linked so', { ...nobody, toOf: new Map([[id('1'), id('a')]]) }, 'existing'],
    [
      'linked elsewhere',
      { ...nobody, toOf: new Map([[id('1'), id('b')]]) },
      'it is linked to b, and a carries its marker',
    ],
    [
      'another’s',
      { ...nobody, fromOf: new Map([[id('a'), id('2')]]) },
      'a carries its marker and is linked to 2',
    ],
  ])('%s', (_, known, expected) => {
    const { links, existing, conflicts } = judgeMarkers(one, known)
    const outcome = links.length > 0 ? 'link' : existing > 0 ? 'existing' : conflicts[0]?.cause
    expect(outcome).toBe(expected)
    expect(links.length + existing + conflicts.length).toBe(1)
  })
})
