/** Deciding who is whom, who stays behind and who is created again; and having refused records tried again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { twoAccounts } from '../app/two-accounts.ts'
import { type Json, tell } from './session.ts'

const two = twoAccounts({
  from: { platform: 'infusionsoft', contacts: 200 },
  to: { platform: 'adaptix', contacts: 0 },
  seed: 1,
})
beforeAll(async () => {
  await two.run('migrate', { isFull: true })
})
afterAll(two.close)

async function holds(kind: string): Promise<readonly Json[]> {
  const told = await tell(two, ['holds', 'list', 'move', '--kind', kind])
  return told.document as unknown as readonly Json[]
}
const resolve = (words: readonly string[]) =>
  tell(two, ['holds', 'resolve', ...words, '--by', 'anna'], { yes: true })
const linked = async (id: string) => {
  const app = await two.open({ mayWrite: false })
  try {
    return (await app.store.links.byFrom('move', [remoteId(id)]))[0]
  } finally {
    await app.close()
  }
}

describe('people who share an e-mail at the source', () => {
  it('travel once all others were left out, for good', async () => {
    const [first] = await holds('twins')
    if (first === undefined) throw new Error('nobody shares an e-mail')
    const others = first['candidates'] as unknown as readonly string[]
    const all = await holds('twins')
    const ids = all
      .filter((each) => others.includes(String(each['record'])))
      .map((each) => String(each['id']))
    expect(ids).toHaveLength(others.length)
    const told = await resolve([...ids, '--take', 'skip'])
    expect(told.document['decided']).toHaveLength(ids.length)
    await two.run('sync')
    expect(await linked(String(first['record']))).toBeDefined()
    for (const other of others) expect(await linked(other)).toBeUndefined()
    const left = (await holds('twins')).map((each) => String(each['id']))
    expect(left).not.toContain(String(first['id']))
    for (const id of ids) expect(left).not.toContain(id)
    expect((await two.run('sync', { isFull: true })).writes).toBe(0)
    // Read whole once more, they are not asked about again.
    const later = (await holds('twins')).map((each) => String(each['record']))
    for (const other of others) expect(later).not.toContain(other)
    expect((await two.run('verify', { isFull: true })).report.facts.verify).toMatchObject({
      ok: true,
    })
  })
})

describe('people whose counterpart was deleted', () => {
  const lose = async () => {
    const app = await two.open()
    try {
      const writer = await app.writer('target')
      const links = await app.store.links.page('move', null, 1_000)
      const lost = links.slice(0, 3)
      await writer.catalog(new AbortController().signal)
      await writer.remove(
        lost.map(({ toId }) => toId),
        new AbortController().signal,
      )
      return lost
    } finally {
      await app.close()
    }
  }

  it('are created again or left out, each by name', async () => {
    const lost = await lose()
    await two.run('sync', { isFull: true })
    const gone = await holds('gone')
    expect(gone).toHaveLength(lost.length)
    const bulk = await resolve(['--kind', 'gone', '--all', '--take', 'anew'])
    expect(bulk.document['decided']).toEqual([])
    expect(JSON.stringify(bulk.document['refused'])).toContain('by its id')
    const [again, out] = gone.map((each) => String(each['id']))
    await resolve([String(again), '--take', 'anew'])
    await resolve([String(out), '--take', 'skip'])
    // Nothing about them changed, and the next run looks at them all the same.
    await two.run('sync')
    expect(await holds('gone')).toHaveLength(lost.length - 2)
    const made = await linked(String(gone[0]?.['record']))
    expect(lost.map(({ toId }) => toId)).not.toContain(made?.toId)
    expect(two.to.snapshot().map(({ id }) => id)).toContain(made?.toId)
    expect(two.to.consentBreaches).toEqual([])
    expect((await two.run('sync', { isFull: true })).writes).toBe(0)
    expect(await holds('gone')).toHaveLength(lost.length - 2)
  })
})

describe('records that the target refuses', () => {
  const rejects = async () =>
    (await tell(two, ['rejects', 'list', 'move'])).document as unknown as readonly Json[]

  it('are exported, and tried again by the next run when asked for', async () => {
    const all = await rejects()
    expect(all.length).toBeGreaterThan(0)
    const file = join(two.folder, 'rejects.csv')
    expect((await tell(two, ['rejects', 'export', file])).document).toMatchObject({
      rejects: all.length,
    })
    expect(readFileSync(file, 'utf8').trimEnd().split('\r\n')).toHaveLength(all.length + 1)
    expect((await tell(two, ['rejects', 'retry'])).failure?.message).toContain('which ones')
    const told = await tell(two, ['rejects', 'retry', '--all'])
    expect(told.document['marked']).toHaveLength(all.length)
    const ran = await two.run('sync')
    expect(ran.counts.rejected).toBeGreaterThanOrEqual(all.length)
    // Still refused: the mark has been answered.
    const app = await two.open({ mayWrite: false })
    try {
      expect(await app.store.cases.count('move', 'retry')).toBe(0)
    } finally {
      await app.close()
    }
  })
})
