import { describe, expect, it } from 'vitest'
import { decodeCall } from '../../../connectors/infusionsoft/reply.ts'
import type { ContactWrite, WriteOutcome } from '../../../src/connector/connector.ts'
import type { Consent } from '../../../src/model/consent.ts'
import type { Fields } from '../../../src/model/field.ts'
import { type RemoteId, remoteId } from '../../../src/model/id.ts'
import type { Sighting } from '../../../src/model/sighting.ts'
import type { Tag } from '../../../src/model/vocabulary.ts'
import { type Bench, bench, NEVER } from './bench.ts'

function creating(fields: Fields, more: Partial<ContactWrite> = {}): ContactWrite {
  return {
    key: 'k1',
    op: 'create',
    id: null,
    fields,
    tags: { add: [], remove: [] },
    groups: { add: [], remove: [] },
    consents: [],
    current: null,
    ...more,
  }
}
function updating(id: RemoteId, fields: Fields, more: Partial<ContactWrite> = {}): ContactWrite {
  return creating(fields, { op: 'update', id, ...more })
}
function refusal(address: string | null, state: Consent['state'] = 'refused'): Consent {
  return { channel: 'email', address, state, reason: 'said no', scope: null, since: null }
}
function tag(key: string): Tag {
  return { key, name: '', category: null, description: null }
}
async function write(on: Bench, ...batch: readonly ContactWrite[]) {
  const outcomes = await on.run(on.writer.write(batch, NEVER))
  return outcomes
}
function doneId(outcome: WriteOutcome | undefined): RemoteId {
  if (outcome?.kind !== 'done') throw new Error(`not done: ${JSON.stringify(outcome)}`)
  return outcome.id
}
async function look(on: Bench, id: RemoteId): Promise<Sighting> {
  const [fetched] = await on.run(on.reader.fetch([id], NEVER))
  if (fetched?.kind !== 'found') throw new Error(`not found: ${JSON.stringify(fetched)}`)
  return fetched.sighting
}
function methods(on: Bench): string[] {
  return on.sent.map(({ body }) => decodeCall(body).method)
}
async function anId(on: Bench): Promise<RemoteId> {
  return remoteId(on.simulator.snapshot()[5]?.id ?? '')
}
async function tagKeys(on: Bench): Promise<string[]> {
  return (await on.run(on.reader.catalog(NEVER))).tags.map(({ key }) => key)
}

describe('creating', () => {
  it('makes a contact that reads back as it was written, never with addWithDupCheck', async () => {
    const on = bench({ contacts: 20 })
    const fields = {
      givenName: 'Ines & <Söhne>',
      familyName: 'O"Neil 😀',
      'emails.1': 'ines@new.example',
      'phones.work': '+49 30 1234',
      'phones.work.extension': '12',
      'phones.mobile': '0170 1',
      birthday: '1972-02-29',
      notes: 'one\ntwo\ttab',
      'addresses.shipping.city': 'Ulm',
      'custom.SpouseName': 'Jo',
    }
    const [outcome] = await write(on, creating(fields))
    expect(outcome).toMatchObject({ kind: 'done', wasCreated: true })
    expect((await look(on, doneId(outcome))).fields).toMatchObject(fields)
    expect(methods(on)[0]).toBe('ContactService.add')
    expect(methods(on)).not.toContain('ContactService.addWithDupCheck')
  })

  it('writes every kind of custom field', async () => {
    const on = bench({ contacts: 20 })
    const catalog = await on.run(on.reader.catalog(NEVER))
    const samples: Record<string, string | readonly string[]> = {
      text: 'a text',
      longtext: 'a\nb',
      number: '12',
      boolean: 'true',
      date: '2001-02-03',
      datetime: '2026-07-04T03:30:00Z',
      phone: '555',
      email: 'a@b.example',
      url: 'https://a.example',
      region: 'TX',
    }
    const fields: Record<string, string | readonly string[]> = { familyName: 'Typed' }
    for (const { path, type, options, writable } of catalog.fields) {
      if (!path.startsWith('custom._') || !writable) continue
      const chosen = options?.slice(0, 2).map(({ value }) => value)
      const value = type === 'choices' ? chosen : type === 'choice' ? chosen?.[0] : samples[type]
      if (value !== undefined && value.length > 0) fields[path] = value
    }
    expect(Object.keys(fields).length).toBeGreaterThan(8)
    const [outcome] = await write(on, creating(fields))
    expect((await look(on, doneId(outcome))).fields).toMatchObject(fields)
  })

  it('opts out before it adds, and adds before it tags', async () => {
    const on = bench({ contacts: 20 })
    const [first = '', second = ''] = await tagKeys(on)
    on.sent.length = 0
    const item = creating(
      { givenName: 'No', 'emails.1': 'no@new.example', 'emails.2': 'also@new.example' },
      { consents: [refusal(null)], tags: { add: [tag(first), tag(second)], remove: [] } },
    )
    const [outcome] = await write(on, item)
    expect(methods(on)).toEqual([
      'APIEmailService.optOut',
      'APIEmailService.optOut',
      'ContactService.add',
      'ContactService.addToGroup',
      'ContactService.addToGroup',
    ])
    const made = on.simulator.snapshot().find(({ id }) => id === doneId(outcome))
    expect(made).toMatchObject({ optedOut: ['no@new.example', 'also@new.example'] })
    expect(made?.tags).toHaveLength(2)
    expect(on.simulator.consentBreaches).toEqual([])
  })

  it('repeats an opt-out that the server did not take, once the contact exists and before any tag', async () => {
    const no =
      '<?xml version="1.0"?><methodResponse><params><param><value><boolean>0</boolean></value></param></params></methodResponse>'
    let optOuts = 0
    const on = bench({
      contacts: 20,
      intercept: ({ body }) => (body.includes('.optOut<') && ++optOuts === 1 ? no : null),
    })
    const [key = ''] = await tagKeys(on)
    on.sent.length = 0
    const item = creating(
      { givenName: 'No', 'emails.1': 'no@new.example' },
      { consents: [refusal('no@new.example')], tags: { add: [tag(key)], remove: [] } },
    )
    expect(await write(on, item)).toMatchObject([{ kind: 'done' }])
    expect(methods(on)).toEqual([
      'APIEmailService.optOut',
      'ContactService.add',
      'APIEmailService.optOut',
      'ContactService.addToGroup',
    ])
  })

  it('does not opt out for good who only never consented and cannot be mailed anyway', async () => {
    const on = bench({ contacts: 20 })
    const item = creating(
      { givenName: 'New', 'emails.1': 'new@new.example' },
      { consents: [refusal('new@new.example', 'none')] },
    )
    await write(on, item)
    expect(methods(on)).toEqual(['APIEmailService.getOptStatus', 'ContactService.add'])
  })

  it('never opts anybody in', async () => {
    const on = bench({ contacts: 20 })
    const consents = [refusal('in@new.example', 'granted'), refusal('in@new.example', 'unknown')]
    await write(on, creating({ givenName: 'In', 'emails.1': 'in@new.example' }, { consents }))
    expect(methods(on)).toEqual(['ContactService.add'])
  })

  it('says the id when a tag fails after the contact was made', async () => {
    const on = bench({ contacts: 20 })
    const item = creating({ givenName: 'Half' }, { tags: { add: [tag('999999')], remove: [] } })
    const [outcome] = await write(on, item)
    expect(outcome).toMatchObject({ kind: 'unknown' })
    const made = on.simulator.snapshot().find(({ fields }) => fields['FirstName'] === 'Half')
    expect(outcome?.kind === 'unknown' && outcome.message).toContain(`contact ${made?.id}`)
  })

  it('gives a refused value back as refused, with its field, and the others are made', async () => {
    const on = bench({ contacts: 20 })
    const outcomes = await write(
      on,
      creating({ givenName: 'Fine' }),
      creating({ givenName: 'Long', 'addresses.main.city': 'x'.repeat(300) }),
      creating({ givenName: 'Odd', birthday: '1972-02-30' }),
      creating({ givenName: 'Odd', 'custom._NotThere': 'x' }),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'rejected', 'rejected', 'rejected'])
    expect(outcomes[1]).toMatchObject({ path: 'addresses.main.city' })
    expect(outcomes[2]).toMatchObject({ path: 'birthday' })
    expect(outcomes[3]).toMatchObject({ path: 'custom._NotThere' })
  })

  it.each([
    [{ blankBodyEvery: 1 }, 'unknown'],
    [{ truncateAt: 1 }, 'unknown'],
    [{ unexpectedEvery: 1 }, 'unknown'],
  ])('never repeats an add whose answer was lost (%o)', async (quirks, kind) => {
    const on = bench({ contacts: 20, quirks: { ...quirks } })
    expect(await write(on, creating({ givenName: 'Once' }))).toMatchObject([{ kind }])
    expect(methods(on)).toEqual(['ContactService.add'])
  })

  it('waits and repeats an add that was throttled, which had no effect', async () => {
    const on = bench({ contacts: 20, quirks: { throttleFaultEvery: 2 } })
    await on.run(on.reader.inventory(NEVER))
    for (let at = 0; at < 4; at += 1) await write(on, creating({ givenName: 'Twin' }))
    const twins = on.simulator.snapshot().filter(({ fields }) => fields['FirstName'] === 'Twin')
    expect(twins).toHaveLength(4)
  })

  it('throws what stops the account, and nothing was written', async () => {
    const on = bench({ contacts: 20, quirks: { revokeAfter: 0 } })
    const both = [creating({ givenName: 'A' }), creating({ givenName: 'B' })]
    await expect(on.run(on.writer.write(both, NEVER))).rejects.toMatchObject({ kind: 'login' })
  })
})

describe('updating', () => {
  it('sends only what changed, and moves no phone out of its slot', async () => {
    const on = bench({ contacts: 20 })
    const [made] = await write(
      on,
      creating({ givenName: 'P', 'phones.home': '1', 'phones.work': '2', 'phones.work.2': '3' }),
    )
    const id = doneId(made)
    const slots = async () =>
      await on.run(
        on.writer.call(
          'DataService.load',
          {
            table: 'Contact',
            recordId: Number(id),
            wantedFields: ['Phone1', 'Phone2', 'Phone3', 'Phone4', 'Phone4Type'],
          },
          NEVER,
        ),
      )
    const before = (await slots()) as Record<string, string>
    const changes = { 'phones.work.2': '33', 'phones.mobile': '4' }
    expect(await write(on, updating(id, changes))).toMatchObject([
      { kind: 'done', wasCreated: false },
    ])
    const swapped = Object.fromEntries(
      Object.entries(before).map(([column, value]) => [column, value === '3' ? '33' : value]),
    )
    expect(await slots()).toEqual({ ...swapped, Phone4: '4', Phone4Type: 'Mobile' })
    expect((await look(on, id)).fields).toMatchObject({
      givenName: 'P',
      'phones.home': '1',
      ...changes,
    })
  })

  it('places phones of several records with one look', async () => {
    const on = bench({ contacts: 20 })
    const ids = on.simulator
      .snapshot()
      .slice(3, 7)
      .map(({ id }) => remoteId(id))
    const outcomes = await write(on, ...ids.map((id) => updating(id, { 'phones.main': '0815' })))
    expect(outcomes.every(({ kind }) => kind === 'done' || kind === 'rejected')).toBe(true)
    expect(methods(on).filter((method) => !method.endsWith('.update'))).toEqual([
      'DataService.query',
    ])
  })

  it('adds and removes tags one by one; no change is no failure', async () => {
    const on = bench({ contacts: 20 })
    const [first = '', second = '', third = ''] = await tagKeys(on)
    const [made] = await write(
      on,
      creating({ givenName: 'T' }, { tags: { add: [tag(first), tag(second)], remove: [] } }),
    )
    const id = doneId(made)
    on.sent.length = 0
    const item = updating(
      id,
      {},
      { tags: { add: [tag(first), tag(third)], remove: [tag(second), tag(second)] } },
    )
    expect(await write(on, item)).toMatchObject([{ kind: 'done' }])
    expect(methods(on)).toEqual([
      'ContactService.addToGroup',
      'ContactService.addToGroup',
      'ContactService.removeFromGroup',
      'ContactService.removeFromGroup',
    ])
  })

  it('opts out before it changes anything', async () => {
    const on = bench({ contacts: 60 })
    const open = on.simulator
      .snapshot()
      .find(({ emails, optedOut }) => emails.length === 1 && optedOut.length === 0)
    const id = remoteId(open?.id ?? '')
    const current = await look(on, id)
    on.sent.length = 0
    const item = updating(id, { jobTitle: 'Cook' }, { consents: [refusal(null)], current })
    expect(await write(on, item)).toMatchObject([{ kind: 'done' }])
    expect(methods(on)).toEqual(['APIEmailService.optOut', 'ContactService.update'])
    const after = on.simulator.snapshot().find((one) => one.id === id)
    expect(after?.optedOut).toEqual(open?.emails)
  })

  it.each([{ missingUpdate: 'fault' }, { missingUpdate: 'empty' }])(
    'tells a contact that is gone (%o)',
    async (quirks) => {
      const on = bench({ contacts: 20, quirks })
      const id = await anId(on)
      expect(await on.run(on.writer.remove([id], NEVER))).toMatchObject([{ kind: 'done' }])
      expect(await on.run(on.writer.remove([id], NEVER))).toMatchObject([{ kind: 'gone' }])
      expect(await write(on, updating(id, { givenName: 'X' }))).toEqual([{ kind: 'gone' }])
      expect(await write(on, updating(id, { 'phones.work': '1' }))).toEqual([{ kind: 'gone' }])
      const [key = ''] = await tagKeys(on)
      const tagged = updating(id, {}, { tags: { add: [tag(key)], remove: [] } })
      expect(await write(on, tagged)).toEqual([{ kind: 'gone' }])
    },
  )

  it('does not take a missing tag for a missing contact', async () => {
    const on = bench({ contacts: 20 })
    const item = updating(await anId(on), {}, { tags: { add: [tag('999999')], remove: [] } })
    expect(await write(on, item)).toMatchObject([{ kind: 'rejected' }])
  })

  it('clears texts and owners', async () => {
    const on = bench({ contacts: 20 })
    const filled = { givenName: 'C', familyName: 'D', jobTitle: 'E', 'phones.work': '1' }
    const [made] = await write(on, creating(filled))
    const id = doneId(made)
    await write(
      on,
      updating(id, { familyName: null, jobTitle: null, owner: null, 'phones.work': null }),
    )
    expect((await look(on, id)).fields).toMatchObject({
      givenName: 'C',
      familyName: null,
      jobTitle: null,
      owner: null,
      'phones.work': null,
    })
  })

  it.each(['zero', 'empty'])('clears dates where "%s" does it', async (clearDates) => {
    const on = bench({ contacts: 20, quirks: { clearDates } })
    const [made] = await write(on, creating({ givenName: 'B', birthday: '1990-01-02' }))
    const id = doneId(made)
    expect(await write(on, updating(id, { birthday: null, jobTitle: 'F' }))).toMatchObject([
      { kind: 'done' },
    ])
    expect((await look(on, id)).fields).toMatchObject({ birthday: null, jobTitle: 'F' })
  })

  it('says so where a date cannot be cleared', async () => {
    const on = bench({ contacts: 20, quirks: { clearDates: 'never' } })
    const [made] = await write(on, creating({ givenName: 'B', birthday: '1990-01-02' }))
    const id = doneId(made)
    expect(await write(on, updating(id, { birthday: null }))).toMatchObject([
      { kind: 'rejected', path: 'birthday' },
    ])
    expect(await write(on, updating(id, { birthday: null, jobTitle: 'F' }))).toMatchObject([
      { kind: 'unknown' },
    ])
  })

  it('refuses one record and leaves the others alone', async () => {
    const probe = bench({ contacts: 20 })
    const id = await anId(probe)
    const on = bench({ contacts: 20, quirks: { poisonContact: Number(id) } })
    const other = remoteId(on.simulator.snapshot()[7]?.id ?? '')
    const outcomes = await write(
      on,
      updating(id, { givenName: 'X' }),
      updating(other, { givenName: 'Y' }),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'done'])
  })

  it('drops nothing that XML cannot say without telling in the plan, and survives it when it comes', async () => {
    const on = bench({ contacts: 20 })
    const [made] = await write(
      on,
      creating({ givenName: 'a\u0000\u000bb\ud800c', familyName: ']]>&<' }),
    )
    expect((await look(on, doneId(made))).fields).toMatchObject({
      givenName: 'abc',
      familyName: ']]>&<',
    })
  })
})

describe('a dry run', () => {
  it('has no way to write', async () => {
    const on = bench({ contacts: 20 })
    expect(Object.keys(on.reader)).not.toContain('write')
    await on.run(on.reader.check(NEVER))
    await on.run(on.reader.catalog(NEVER))
    await on.run(on.reader.inventory(NEVER))
    await on.run(on.reader.fetch([await anId(on)], NEVER))
    await on.run(on.reader.find({ by: 'email', values: ['x@y.example'] }, NEVER))
    expect(on.simulator.counts.write).toBe(0)
    expect(on.sent.some((request) => on.simulator.isMutation(request))).toBe(false)
  })
})
