import { describe, expect, it } from 'vitest'
import type { SequenceReader } from '../../../src/connector/connector.ts'
import { type RemoteId, remoteId } from '../../../src/model/id.ts'
import { type Bench, bench, NEVER, scanAll, idsOf } from './bench.ts'

const WELCOME = '2'

function sequencesOf(on: Bench): SequenceReader {
  const { sequences } = on.reader
  if (sequences === undefined) throw new Error('the reader has no sequences')
  return sequences
}

async function membersOf(on: Bench, sequence: string): Promise<readonly RemoteId[]> {
  const found: RemoteId[] = []
  for (let position: string | null = null; ; ) {
    const page: Awaited<ReturnType<SequenceReader['members']>> = await on.run(
      sequencesOf(on).members({ sequence, position }, NEVER),
    )
    found.push(...page.contacts)
    if (page.next === null) return found
    position = page.next
  }
}

async function strangers(on: Bench, count: number): Promise<readonly RemoteId[]> {
  const inside = new Set(await membersOf(on, WELCOME))
  const all = idsOf((await scanAll(on)).rows).map(remoteId)
  return all.filter((id) => !inside.has(id) && Number(id) % 7 === 1).slice(0, count)
}

function start(on: Bench, id: RemoteId): Promise<void> {
  if (on.writer.start === undefined) throw new Error('the writer starts nothing')
  return on.run(on.writer.start(WELCOME, id, NEVER))
}

function pause(on: Bench, id: RemoteId): Promise<unknown> {
  const input = { contactId: Number(id), sequenceId: Number(WELCOME) }
  return on.run(on.writer.call('ContactService.pauseCampaign', input, NEVER))
}

describe('follow-up sequences', () => {
  it('are listed with their ids', async () => {
    const list = await (async (on: Bench) => on.run(sequencesOf(on).list(NEVER)))(bench())
    expect(list.map(({ id, name }) => `${id} ${name}`)).toContain('2 Newsletter welcome')
    expect(list).toHaveLength(3)
  })

  it('show whoever is in one, page by page, and nobody who is paused', async () => {
    const on = bench({ contacts: 120, limits: { pageSize: 3 } })
    const before = await membersOf(on, WELCOME)
    const added = await strangers(on, 9)
    for (const id of added) await start(on, id)
    const [paused, ...others] = added
    await pause(on, paused as RemoteId)
    const after = await membersOf(on, WELCOME)
    expect([...new Set(after)].sort()).toEqual([...before, ...others].sort())
    expect(
      await on.run(sequencesOf(on).members({ sequence: '99', position: null }, NEVER)),
    ).toEqual({ contacts: [], next: null })
  })

  it('tell where one contact stands', async () => {
    const on = bench()
    const [id] = await strangers(on, 1)
    const standing = () => on.run(sequencesOf(on).standing(WELCOME, id as RemoteId, NEVER))
    expect(await standing()).toBe('out')
    await start(on, id as RemoteId)
    expect(await standing()).toBe('active')
    await pause(on, id as RemoteId)
    expect(await standing()).toBe('paused')
  })

  it('are not started again when the answer is lost', async () => {
    const on = bench({ intercept: (request) => (/addToCampaign/.test(request.body) ? '' : null) })
    const [id] = await strangers(on, 1)
    await expect(start(on, id as RemoteId)).rejects.toMatchObject({ kind: 'protocol' })
    expect(on.sent.filter(({ body }) => /addToCampaign/.test(body))).toHaveLength(1)
  })

  it('refuse a contact that is not there, and an id that is none', async () => {
    const on = bench()
    await expect(start(on, remoteId('999999'))).rejects.toMatchObject({ kind: 'gone' })
    await expect(
      on.run(sequencesOf(on).standing('Welcome', remoteId('1'), NEVER)),
    ).rejects.toMatchObject({ kind: 'invalid' })
  })

  it('are judged by the consent of every address, asked for now', async () => {
    const on = bench()
    const { rows } = await scanAll(on)
    const one = rows.flatMap((row) =>
      row.kind === 'contact' && typeof row.sighting.fields['emails.1'] === 'string'
        ? [row.sighting]
        : [],
    )[0]
    if (one === undefined) throw new Error('nobody has an address')
    const email = String(one.fields['emails.1'])
    const input = { email, optOutReason: 'asked on the phone' }
    await on.run(on.writer.call('APIEmailService.optOut', input, NEVER))
    const consents = await on.run(sequencesOf(on).consents(one, NEVER))
    expect(consents).toContainEqual(expect.objectContaining({ address: email, state: 'refused' }))
    const guess = { ...one, fields: { 'emails.1': 'a%b@example.com' } }
    expect(await on.run(sequencesOf(on).consents(guess, NEVER))).toMatchObject([{ state: 'none' }])
  })
})
