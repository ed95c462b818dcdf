import { describe, expect, it } from 'vitest'
import type { SequenceReader } from '../../../src/connector/connector.ts'
import { type RemoteId, remoteId } from '../../../src/model/id.ts'
import { type Stage, script, signal, stage } from './account.ts'

function sequencesOf({ reader }: Pick<Stage, 'reader'>): SequenceReader {
  if (reader.sequences === undefined) throw new Error('the reader has no sequences')
  return reader.sequences
}

async function membersOf(on: Pick<Stage, 'reader'>, id: string): Promise<readonly RemoteId[]> {
  const found: RemoteId[] = []
  for (let position: string | null = null; ; ) {
    const page: Awaited<ReturnType<SequenceReader['members']>> = await sequencesOf(on).members(
      { sequence: id, position },
      signal,
    )
    found.push(...page.contacts)
    if (page.next === null) return found
    position = page.next
  }
}

const start = ({ writer }: Pick<Stage, 'writer'>, contact: string): Promise<void> =>
  writer.start?.('1', remoteId(contact), signal) ?? Promise.reject(new Error('starts nothing'))

describe('automations', () => {
  it('are listed, whatever the server calls them', async () => {
    for (const automationsPath of ['automations', 'campaigns']) {
      const on = stage({ contacts: 1, quirks: { automationsPath } })
      expect(await sequencesOf(on).list(signal)).toEqual([
        { id: '1', name: 'Welcome series' },
        { id: '2', name: 'Win back' },
      ])
    }
  })

  it('show whoever is in one, up the ids', async () => {
    const on = stage({ contacts: 12, settings: { limits: { pageSize: 3 } } })
    const wanted = ['9', '2', '11', '4', '7', '1', '12']
    for (const id of wanted) await start(on, id)
    expect(await membersOf(on, '1')).toEqual(['1', '2', '4', '7', '9', '11', '12'])
    expect(await membersOf(on, '2')).toEqual([])
    const where = [{ col: 'lead_id', expr: 'gt', val: '7' }]
    const asked = { id: '1', start: 0, limit: 9, where, order: [{ col: 'lead_id', dir: 'ASC' }] }
    const { rows } = (await on.writer.call('automations.contacts', asked, signal)) as {
      readonly rows: readonly (readonly [string | null, { readonly lead_id: string }])[]
    }
    expect(rows.map(([, row]) => row.lead_id)).toEqual(['9', '11', '12'])
  })

  it('are read by offset where the server ignores the condition, without those taken out by hand', async () => {
    const all = ['5', '3', '8', '1'].map((id) => ({
      lead_id: id,
      manually_removed: id === '8' ? '1' : '0',
    }))
    const on = script(
      (request) => {
        const query = new URL(request.path, 'https://x.test').searchParams
        const from = Number(query.get('start'))
        return { total: '4', contacts: all.slice(from, from + 2) }
      },
      { limits: { pageSize: 2 } },
    )
    expect([...new Set(await membersOf(on, '1'))].sort()).toEqual(['1', '3', '5'])
  })

  it('tell where one contact stands; taken out by hand is not out', async () => {
    const on = stage({ contacts: 3 })
    const standing = () => sequencesOf(on).standing('1', remoteId('2'), signal)
    expect(await standing()).toBe('out')
    await start(on, '2')
    expect(await standing()).toBe('active')
    const removed = script(() => ({
      total: 1,
      campaigns: { 1: { id: 1, name: 'Welcome series', manuallyRemoved: true } },
    }))
    expect(await sequencesOf(removed).standing('1', remoteId('2'), signal)).toBe('paused')
  })

  it('refuse what is not there, and send a start once whatever becomes of it', async () => {
    const on = stage({ contacts: 3 })
    await expect(start(on, '999')).rejects.toMatchObject({ kind: 'gone' })
    const failing = script(() => ({ status: 502, body: '' }))
    await expect(start(failing, '2')).rejects.toMatchObject({ kind: 'unknown' })
    expect(failing.sent).toHaveLength(1)
    const refusing = script(() => ({ success: false }))
    await expect(start(refusing, '2')).rejects.toMatchObject({ kind: 'invalid' })
  })
})
