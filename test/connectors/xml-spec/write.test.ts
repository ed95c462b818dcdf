/** Writing: consent first, every item accounted for, nothing overwritten that moved, nothing attempted that cannot be done. */
import { describe, expect, test } from 'vitest'
import { xmlSpec } from '../../../connectors/xml-spec/connector.ts'
import type { ContactWrite, WriteOutcome } from '../../../src/connector/connector.ts'
import type { RemoteId } from '../../../src/model/id.ts'
import type { Sighting } from '../../../src/model/sighting.ts'
import type { Catalog } from '../../../src/model/vocabulary.ts'
import { simulatedHttp } from '../../../src/simulation/network.ts'
import {
  change,
  creation,
  HOST,
  own,
  REFUSED,
  scripted,
  settingsFor,
  SIGNAL,
  world,
  type World,
} from './connection.ts'

async function write(at: World, batch: readonly ContactWrite[]): Promise<readonly WriteOutcome[]> {
  return await at.run((writer) => writer.write(batch, SIGNAL))
}
async function reading(at: World, id: RemoteId): Promise<Sighting> {
  const [fetched] = await at.run((writer) => writer.fetch([id], SIGNAL))
  if (fetched?.kind !== 'found') throw new Error(`${id} is ${fetched?.kind}`)
  return fetched.sighting
}
function idOf(outcome: WriteOutcome | undefined): RemoteId {
  if (outcome?.kind !== 'done') throw new Error(`not done: ${JSON.stringify(outcome)}`)
  return outcome.id
}
function truth(at: World, id: RemoteId) {
  const found = at.simulator.snapshot().find((one) => `91234/${one.id}` === id)
  if (found === undefined) throw new Error(`${id} does not exist`)
  return found
}
async function catalogOf(at: World): Promise<Catalog> {
  return await at.run((writer) => writer.catalog(SIGNAL))
}
const tag = (name: string) => ({ key: name, name, category: null, description: null })

describe('creating', () => {
  test('a batch is one request, and each item has its own end', async () => {
    const at = world({ refusesBadEmail: true }, { contacts: 5 })
    const { groups } = await catalogOf(at)
    const outcomes = await write(at, [
      creation('run7:1', {
        fields: {
          givenName: 'Lea',
          familyName: 'Roth',
          'emails.1': 'lea@example.test',
          birthday: '1969-08-23',
        },
        tags: { add: [tag('VIP')], remove: [] },
        groups: { add: groups.slice(0, 2), remove: [] },
      }),
      creation('run7:2', { fields: { givenName: 'Bad', 'emails.1': 'nowhere' } }),
      creation('run7:3', { fields: { givenName: 'Max', birthday: '1972-02-30' } }),
      creation('run7:4', { fields: { givenName: 'Only' } }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'rejected', 'rejected', 'done'])
    expect(outcomes[2]).toMatchObject({ path: 'birthday' })
    expect(at.reads('AddContacts')).toBe(1)
    const lea = truth(at, idOf(outcomes[0]))
    expect(lea.tags).toEqual(['VIP'])
    expect(lea.groups).toEqual(groups.slice(0, 2).map(({ name }) => name))
    expect(lea.fields).toMatchObject({ Birthdate: '19690823', Email: 'lea@example.test' })
    expect(outcomes[0]).toMatchObject({ wasCreated: true, version: lea.fields['UpdatedTimeStamp'] })
  })

  test('somebody who exists is told by id, after a look, and not touched', async () => {
    const at = world({}, { contacts: 20 })
    const someone = at.simulator.snapshot().find(({ fields }) => fields['Email'] !== '')
    const outcomes = await write(at, [
      creation('a', {
        fields: {
          givenName: someone?.fields['Firstname'] ?? '',
          familyName: someone?.fields['Lastname'] ?? '',
          'emails.1': someone?.fields['Email'] ?? '',
          notes: 'must not arrive',
        },
      }),
    ])
    expect(outcomes).toEqual([{ kind: 'exists', id: own(someone?.id ?? '') }])
    expect(truth(at, own(someone?.id ?? '')).fields['Notes']).toBe(someone?.fields['Notes'])
  })

  test('an id out of a sentence that leads nowhere is not believed', async () => {
    const { writer } = scripted((xml) =>
      xml.startsWith('<AddContacts')
        ? '<AddContactsResponse><Contacts><Contact request_id="a"><Result>Error</Result><ErrorCode>1002</ErrorCode><ErrorText>already exists with ID 5</ErrorText></Contact></Contacts></AddContactsResponse>'
        : empty(xml),
    )
    const [outcome] = await writer.write([creation('a', { fields: { givenName: 'X' } })], SIGNAL)
    expect(outcome).toMatchObject({ kind: 'rejected', message: expect.stringContaining('1002') })
  })

  test('update="true" is never sent, unless an option says so', async () => {
    const answers = (xml: string) => empty(xml)
    const plain = scripted(answers)
    await plain.writer.write([creation('a', { fields: { givenName: 'X' } })], SIGNAL)
    expect(plain.sent.some((xml) => xml.includes('update='))).toBe(false)
    expect(plain.writer.capabilities.create).toMatchObject({ onTakenEmail: 'doubles' })

    const at = world({}, { contacts: 20, settings: { options: { addOrUpdate: true } } })
    const [someone] = at.simulator.snapshot().filter(({ fields }) => fields['Email'] !== '')
    await at.clock.advance(60_000)
    const outcomes = await write(at, [
      creation('a', { fields: { 'emails.1': someone?.fields['Email'] ?? '', notes: 'arrives' } }),
      creation('b', { fields: { 'emails.1': 'new@example.test' } }),
    ])
    expect(outcomes[0]).toMatchObject({
      kind: 'done',
      id: own(someone?.id ?? ''),
      wasCreated: false,
    })
    expect(outcomes[1]).toMatchObject({ kind: 'done', wasCreated: true })
    expect(at.writer.capabilities.create).toMatchObject({ onTakenEmail: 'merges' })
  })

  test('no workflow is ever started', async () => {
    const at = world()
    await write(at, [
      creation('a', { fields: { givenName: 'X' }, tags: { add: [tag('VIP')], remove: [] } }),
    ])
    expect(at.simulator.workflows).toEqual([])
  })
})

describe('consent', () => {
  test.each([true, false])(
    'an opted-out person is never reachable (unsubscribe moves the stamp: %s)',
    async (unsubscribeBumpsStamp) => {
      const at = world({ unsubscribeBumpsStamp, optedOut: ['no@example.test'] }, { contacts: 5 })
      const { groups } = await catalogOf(at)
      const outcomes = await write(at, [
        creation('a', {
          fields: { givenName: 'No', 'emails.1': 'no@example.test' },
          tags: { add: [tag('VIP')], remove: [] },
          groups: { add: groups.slice(0, 1), remove: [] },
          consents: [REFUSED],
        }),
        creation('b', {
          fields: { 'emails.1': 'yes@example.test' },
          groups: { add: groups.slice(0, 1), remove: [] },
        }),
      ])
      const no = truth(at, idOf(outcomes[0]))
      expect(no.optedOut).toEqual(['no@example.test'])
      expect([no.tags, no.groups]).toEqual([['VIP'], [groups[0]?.name]])
      expect(truth(at, idOf(outcomes[1])).optedOut).toEqual([])
      expect(at.simulator.consentBreaches).toEqual([])
      expect([
        at.reads('AddContacts'),
        at.reads('UnsubscribeContacts'),
        at.reads('EditContacts'),
      ]).toEqual([1, 1, 1])
    },
  )

  test('without groups and tags two requests are enough', async () => {
    const at = world({}, { contacts: 5 })
    await write(at, [
      creation('a', { fields: { 'emails.1': 'no@example.test' }, consents: [REFUSED] }),
    ])
    expect(at.reads('EditContacts')).toBe(0)
    expect(at.simulator.consentBreaches).toEqual([])
  })

  test('a bounce and "never consented" opt out too; "granted" and "unknown" do nothing', async () => {
    const at = world({}, { contacts: 5 })
    const states = ['undeliverable', 'none', 'granted', 'unknown'] as const
    const outcomes = await write(
      at,
      states.map((state, place) =>
        creation(`k${place}`, {
          fields: { 'emails.1': `${state}@example.test` },
          consents: [{ ...REFUSED, state }],
        }),
      ),
    )
    const out = outcomes.map((outcome) => truth(at, idOf(outcome)).optedOut.length)
    expect(out).toEqual([1, 1, 0, 0])
  })

  test('when the unsubscribe fails the contact stays bare and its end open', async () => {
    const { writer, sent } = scripted((xml) => {
      if (xml.startsWith('<AddContacts')) return added('a', '77')
      if (xml.startsWith('<Unsubscribe')) return '<html>down</html>'
      return empty(xml)
    })
    const [outcome] = await writer.write(
      [
        creation('a', {
          fields: { 'emails.1': 'no@example.test' },
          tags: { add: [tag('VIP')], remove: [] },
          consents: [REFUSED],
        }),
      ],
      SIGNAL,
    )
    expect(outcome).toMatchObject({ kind: 'unknown', message: expect.stringContaining('91234/77') })
    expect(sent.some((xml) => xml.includes('VIP'))).toBe(false)
  })

  test('on an update the opt-out goes first, and nothing else is written when it fails', async () => {
    const { writer, sent } = scripted((xml) =>
      xml.startsWith('<Unsubscribe')
        ? '<UnsubscribeContactsResponse><Contacts><Contact request_id="a"><Result>Error</Result><ErrorText>no</ErrorText></Contact></Contacts></UnsubscribeContactsResponse>'
        : xml.startsWith('<GetContacts')
          ? shownContact('77')
          : empty(xml),
    )
    const [outcome] = await writer.write(
      [change(seen('77'), { key: 'a', fields: { notes: 'x' }, consents: [REFUSED] })],
      SIGNAL,
    )
    expect(outcome?.kind).toBe('unknown')
    expect(sent.filter((xml) => xml.startsWith('<EditContacts'))).toEqual([])
  })

  test('subscribing again is not attempted, and not promised', async () => {
    const at = world({}, { contacts: 80 })
    const { consent } = at.writer.capabilities
    expect([consent.optOut, consent.optOutReversible, consent.optIn]).toEqual([true, false, false])
    const [out] = at.simulator.snapshot().filter(({ fields }) => fields['Unsubscribed'] === '1')
    const current = await reading(at, own(out?.id ?? ''))
    await write(at, [change(current, { key: 'a', consents: [{ ...REFUSED, state: 'granted' }] })])
    expect(truth(at, current.id).fields['Unsubscribed']).toBe('1')
    expect(at.simulator.counts.write).toBe(0)
  })
})

describe('updating', () => {
  test('values, groups and tags travel in one locked request', async () => {
    const at = world({}, { contacts: 10 })
    const { groups } = await catalogOf(at)
    const current = await reading(at, own(1004))
    await at.clock.advance(5_000)
    const other = groups.find(({ key }) => !current.groups?.includes(key))
    const outcomes = await write(at, [
      change(current, {
        key: 'a',
        fields: { notes: 'new', fax: null, 'custom.Bio': 'a\nb' },
        tags: { add: [tag('Fresh')], remove: [] },
        groups: { add: other === undefined ? [] : [other], remove: [] },
      }),
    ])
    const now = truth(at, current.id)
    expect(now.fields).toMatchObject({ Notes: 'new', Fax: '', Bio: 'a\nb' })
    expect(now.tags).toContain('Fresh')
    expect(now.groups).toContain(other?.name)
    expect(outcomes[0]).toMatchObject({
      kind: 'done',
      version: now.fields['UpdatedTimeStamp'],
      wasCreated: false,
    })
    expect(at.reads('EditContacts')).toBe(1)
  })

  test('somebody who moved since is stale and keeps what a person wrote', async () => {
    const at = world({}, { contacts: 10 })
    const current = await reading(at, own(1004))
    await at.clock.advance(5_000)
    at.act('EditContacts', { contacts: [{ contact_id: 1004, Notes: 'by hand' }] })
    const outcomes = await write(at, [change(current, { key: 'a', fields: { notes: 'ours' } })])
    expect(outcomes).toEqual([{ kind: 'stale' }])
    expect(truth(at, current.id).fields['Notes']).toBe('by hand')
  })

  test('our own opt-out that moves the stamp does not make us stale; somebody else still does', async () => {
    for (const isTouched of [false, true]) {
      const at = world({ unsubscribeBumpsStamp: true }, { contacts: 20 })
      const [open] = at.simulator
        .snapshot()
        .filter(({ optedOut, fields }) => optedOut.length === 0 && fields['Email'] !== '')
      const current = await reading(at, own(open?.id ?? ''))
      await at.clock.advance(5_000)
      if (isTouched)
        at.act('EditContacts', { contacts: [{ contact_id: open?.id, Notes: 'by hand' }] })
      const outcomes = await write(at, [
        change(current, { key: 'a', fields: { notes: 'ours' }, consents: [REFUSED] }),
      ])
      expect(outcomes[0]?.kind).toBe(isTouched ? 'stale' : 'done')
      expect(truth(at, current.id).fields['Notes']).toBe(isTouched ? 'by hand' : 'ours')
      expect(truth(at, current.id).fields['Unsubscribed']).toBe('1')
    }
  })

  test('somebody who was deleted is gone; the others are written', async () => {
    const at = world({}, { contacts: 10 })
    const [first, second] = [await reading(at, own(1004)), await reading(at, own(1005))]
    at.act('DeleteContacts', { contacts: [{ contact_id: 1004 }] })
    const outcomes = await write(at, [
      change(first, { key: 'a', fields: { notes: 'x' } }),
      change(second, { key: 'b', fields: { notes: 'x' } }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['gone', 'done'])
  })

  test('a tag is never taken off, and nobody is deleted to drop one', async () => {
    const at = world({}, { contacts: 10 })
    expect(at.writer.capabilities.tags.remove).toBe(false)
    const current = await reading(at, own(1004))
    const outcomes = await write(at, [
      change(current, {
        key: 'a',
        fields: { notes: 'x' },
        tags: { add: [], remove: [tag('VIP')] },
      }),
    ])
    expect(outcomes[0]).toMatchObject({ kind: 'rejected' })
    expect(at.simulator.counts.write).toBe(0)
  })

  test('groups are left by a call of their own, one per group', async () => {
    const at = world({ removeGroups: false }, { contacts: 30 })
    const { groups } = await catalogOf(at)
    const members = at.simulator
      .snapshot()
      .filter((one) => one.groups.includes(groups[0]?.name ?? ''))
      .slice(0, 3)
    const currents = await Promise.all(members.map(({ id }) => reading(at, own(id))))
    const outcomes = await write(
      at,
      currents.map((current, place) =>
        change(current, { key: `k${place}`, groups: { add: [], remove: groups.slice(0, 1) } }),
      ),
    )
    expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true)
    for (const { id } of members) expect(truth(at, own(id)).groups).not.toContain(groups[0]?.name)
    expect([at.reads('DeleteContactsFromGroup'), at.reads('EditContacts')]).toEqual([1, 0])
  })

  test('nothing to change sends nothing', async () => {
    const at = world({}, { contacts: 5 })
    const current = await reading(at, own(1004))
    const outcomes = await write(at, [change(current, { key: 'a' })])
    expect(outcomes[0]).toMatchObject({ kind: 'done', version: current.version })
    expect(at.simulator.counts.write).toBe(0)
  })

  test('the same ids in two accounts are two people', async () => {
    const at = world({ sharedAccounts: { 92000: 6 } }, { contacts: 6 })
    const shared = at.open({ account: '92000' })
    const [fetched] = await at.clock.drive(shared.fetch(['92000/1004' as RemoteId], SIGNAL))
    if (fetched?.kind !== 'found') throw new Error('not found')
    const outcome = await at.clock.drive(
      shared.write([change(fetched.sighting, { key: 'a', fields: { notes: 'shared' } })], SIGNAL),
    )
    expect(outcome[0]).toMatchObject({ kind: 'done', id: '92000/1004' })
    const notes = at.simulator.snapshot().filter(({ fields }) => fields['Notes'] === 'shared')
    expect(notes.map(({ id }) => id)).toEqual(['92000/1004'])
  })
})

describe('answers that cannot be trusted', () => {
  const batch = [
    creation('a', { fields: { givenName: 'A' } }),
    creation('b', { fields: { givenName: 'B' } }),
  ]
  test('an item that is not mentioned, empty or mentioned twice is unknown, whatever its place', async () => {
    const items = [
      '<Contact request_id="b"><Result>Success</Result><AccountNumber>91234</AccountNumber><Contact_id>8</Contact_id></Contact>',
      '<Contact request_id="a" /><Contact request_id="b"><Result>Success</Result><AccountNumber>91234</AccountNumber><Contact_id>8</Contact_id></Contact>',
      '<Contact request_id="a"><Result>Success</Result><Contact_id>7</Contact_id></Contact><Contact request_id="a"><Result>Success</Result><Contact_id>9</Contact_id></Contact><Contact request_id="b"><Result>Success</Result><Contact_id>8</Contact_id></Contact>',
    ]
    for (const item of items) {
      const { writer } = scripted((xml) =>
        xml.startsWith('<Add')
          ? `<AddContactsResponse><Contacts>${item}</Contacts></AddContactsResponse>`
          : empty(xml),
      )
      const outcomes = await writer.write(batch, SIGNAL)
      expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'done'])
      expect(outcomes[1]).toMatchObject({ id: '91234/8' })
    }
  })

  test('an answer without request ids tells nothing of new contacts', async () => {
    const { writer } = scripted((xml) =>
      xml.startsWith('<Add')
        ? '<AddContactsResponse><Contacts><Contact><Result>Success</Result><Contact_id>7</Contact_id></Contact><Contact><Result>Success</Result><Contact_id>8</Contact_id></Contact></Contacts></AddContactsResponse>'
        : empty(xml),
    )
    expect((await writer.write(batch, SIGNAL)).map(({ kind }) => kind)).toEqual([
      'unknown',
      'unknown',
    ])
  })

  test('an edit that answers with somebody else is unknown', async () => {
    const { writer } = scripted((xml) =>
      xml.startsWith('<Edit')
        ? '<EditContactsResponse><Contacts><Contact request_id="a"><Result>Success</Result><Contact_id>99</Contact_id></Contact></Contacts></EditContactsResponse>'
        : empty(xml),
    )
    const [outcome] = await writer.write(
      [change(seen('77'), { key: 'a', fields: { notes: 'x' } })],
      SIGNAL,
    )
    expect(outcome?.kind).toBe('unknown')
  })

  test('a lost answer is thrown as unknown, and the look finds who was created', async () => {
    const at = world({ loseReplyEvery: 1 }, { contacts: 5 })
    await expect(
      write(at, [
        creation('a', { fields: { givenName: 'Lost', 'emails.1': 'lost@example.test' } }),
      ]),
    ).rejects.toMatchObject({ kind: 'unknown' })
    const found = await at.run((writer) =>
      writer.find({ by: 'email', values: ['LOST@example.test'] }, SIGNAL),
    )
    expect(found).toHaveLength(1)
  })

  test('a batch that is too big is invalid, so that the engine halves it', async () => {
    const at = world({ batchMax: 1 }, { contacts: 5 })
    await expect(
      write(at, [
        creation('a', { fields: { givenName: 'A' } }),
        creation('b', { fields: { givenName: 'B' } }),
      ]),
    ).rejects.toMatchObject({ kind: 'invalid', hint: expect.stringContaining('batchSize') })
  })

  test('a refusal of the whole request is about the item when there is only one', async () => {
    const { writer } = scripted((xml) =>
      xml.startsWith('<Add')
        ? '<AddContactsResponse><Result>Error</Result><ErrorCode>1005</ErrorCode><ErrorText>Email is not valid</ErrorText></AddContactsResponse>'
        : empty(xml),
    )
    const [outcome] = await writer.write(batch.slice(0, 1), SIGNAL)
    expect(outcome).toMatchObject({ kind: 'rejected', message: 'Email is not valid (code 1005)' })
    await expect(writer.write(batch, SIGNAL)).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('vocabulary', () => {
  test('a field is created once, for all groups, and known from then on', async () => {
    const at = world({}, { contacts: 5 })
    const draft = {
      label: 'Colours',
      name: 'colours',
      type: 'choices',
      options: [
        { value: 'Red', label: 'Red' },
        { value: 'Blue', label: 'Blue' },
      ],
    } as const
    const made = await at.run((writer) => writer.createField(draft, SIGNAL))
    expect(made).toMatchObject({ path: 'custom.Colours', type: 'choices', options: draft.options })
    expect(await at.run((writer) => writer.createField(draft, SIGNAL))).toEqual(made)
    expect([at.reads('AddUserDefinedField'), at.reads('GetUserDefinedFields')]).toEqual([1, 1])
    const wider = await at.run((writer) =>
      writer.addOptions(made, [{ value: 'Green', label: 'Green' }], SIGNAL),
    )
    expect(wider.options?.map(({ value }) => value)).toEqual(['Red', 'Blue', 'Green'])
    const [outcome] = await write(at, [
      creation('a', { fields: { givenName: 'A', 'custom.Colours': ['Red', 'Green'] } }),
    ])
    expect((await reading(at, idOf(outcome))).fields['custom.Colours']).toEqual(['Red', 'Green'])
  })

  test('a field that somebody else made meanwhile is taken, not doubled', async () => {
    const at = world({}, { contacts: 5 })
    await catalogOf(at)
    at.act('AddUserDefinedField', { group_id: 0, FieldName: 'Size', FieldType: 'ShortText' })
    const draft = { label: 'Size', name: 'size', type: 'text', options: null } as const
    expect(await at.run((writer) => writer.createField(draft, SIGNAL))).toMatchObject({
      path: 'custom.Size',
    })
    const longer = { ...draft, type: 'longtext' } as const
    await expect(at.run((writer) => writer.createField(longer, SIGNAL))).rejects.toMatchObject({
      kind: 'invalid',
    })
  })

  test('a single choice whose options hold commas becomes a text, so that nothing is lost', async () => {
    const at = world({}, { contacts: 5 })
    const made = await at.run((writer) =>
      writer.createField(
        {
          label: 'Size',
          name: 'size',
          type: 'choice',
          options: [{ value: 'S, slim', label: 'S' }],
        },
        SIGNAL,
      ),
    )
    expect(made).toMatchObject({ type: 'text', options: null })
  })

  test('the options of one namesake are widened, not those of the other', async () => {
    const at = world({ twinFields: true }, { contacts: 5 })
    const { fields } = await catalogOf(at)
    const twins = fields.filter(({ native }) => native.includes('#'))
    const [first, second] = twins
    if (first === undefined || second === undefined) throw new Error('no twins')
    await at.run((writer) =>
      writer.addOptions(second, [{ value: 'Extra', label: 'Extra' }], SIGNAL),
    )
    const after = (await catalogOf(at)).fields
    const optionsOf = (path: string) =>
      after.find((field) => field.path === path)?.options?.map(({ value }) => value)
    expect(optionsOf(second.path)).toContain('Extra')
    expect(optionsOf(first.path)).not.toContain('Extra')
  })

  test('a group is created once; a tag costs nothing', async () => {
    const at = world({}, { contacts: 5 })
    const group = await at.run((writer) => writer.createGroup({ name: 'Moved' }, SIGNAL))
    expect(await at.run((writer) => writer.createGroup({ name: 'Moved' }, SIGNAL))).toEqual(group)
    expect(at.reads('CreateGroup')).toBe(1)
    const before = at.simulator.counts.read + at.simulator.counts.write
    expect(
      await at.run((writer) => writer.createTag({ name: 'Fresh', category: null }, SIGNAL)),
    ).toEqual(tag('Fresh'))
    expect(at.simulator.counts.read + at.simulator.counts.write).toBe(before)
  })

  test('members are joined and removed in bulk, and repeating it changes nothing', async () => {
    const at = world(
      {},
      { contacts: 60, settings: { limits: { requestsPerSecond: 1000, batchSize: 20 } } },
    )
    const { groups } = await catalogOf(at)
    const [group] = groups
    if (group === undefined) throw new Error('no group')
    const ids = at.simulator.snapshot().map(({ id }) => own(id))
    for (let turn = 0; turn < 2; turn += 1)
      await at.run((writer) =>
        writer.join(group, { add: ids.slice(0, 50), remove: ids.slice(50) }, SIGNAL),
      )
    const members = at.simulator.snapshot().filter((one) => one.groups.includes(group.name))
    expect(members.map(({ id }) => own(id))).toEqual(ids.slice(0, 50))
    await expect(
      at.run((writer) => writer.join(group, { add: [own(99999)], remove: [] }, SIGNAL)),
    ).rejects.toMatchObject({ kind: 'unknown' })
  })
})

describe('removing', () => {
  test('by id and account, one end each', async () => {
    const at = world({}, { contacts: 10 })
    at.act('DeleteContacts', { contacts: [{ contact_id: 1004 }] })
    const outcomes = await at.run((writer) => writer.remove([own(1003), own(1004)], SIGNAL))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'gone'])
    expect(at.simulator.snapshot()).toHaveLength(8)
  })
})

describe('a dry run', () => {
  test('has no way to write, and nothing that it does sends a mutation', async () => {
    const at = world({}, { contacts: 30 })
    const { simulator, clock, kit } = at
    const reader = xmlSpec.open(settingsFor(simulator), kit)
    expect(Object.keys(reader)).not.toContain('write')
    await clock.drive(reader.check(SIGNAL))
    await clock.drive(reader.catalog(SIGNAL))
    await clock.drive(reader.inventory(SIGNAL))
    for (const stream of ['contacts', 'consents', 'groupings'] as const)
      await clock.drive(
        reader.scan({ stream, since: null, overlapMs: 0, position: null, fields: [] }, SIGNAL),
      )
    await clock.drive(reader.fetch([own(1001)], SIGNAL))
    await clock.drive(reader.find({ by: 'email', values: ['x@y.example'] }, SIGNAL))
    expect(simulator.counts.write).toBe(0)
  })

  test('a write that slips through is stopped before it leaves', async () => {
    const at = world({}, { contacts: 5 })
    const { simulator, clock, kit } = at
    const http = simulatedHttp({
      clock,
      random: kit.random,
      log: kit.log,
      hosts: new Map([[HOST, simulator]]),
    })
    const dry = {
      ...kit,
      http: {
        channel: (options: Parameters<typeof http.channel>[0]) =>
          http.channel({ ...options, mayWrite: false }),
      },
    }
    const writer = xmlSpec.openForWriting(settingsFor(simulator), dry)
    await expect(
      clock.drive(writer.write([creation('a', { fields: { givenName: 'X' } })], SIGNAL)),
    ).rejects.toMatchObject({ kind: 'permission' })
    expect(simulator.counts.write).toBe(0)
  })
})

function seen(id: string): Sighting {
  return {
    id: own(id),
    version: '2026-01-01 00:00:00' as Sighting['version'],
    createdAt: null,
    updatedAt: null,
    fields: {},
  }
}
function shownContact(id: string): string {
  return `<GetContactsResponse><Result>Success</Result><Contacts><Contact><Contact_id>${id}</Contact_id><AccountNumber>91234</AccountNumber></Contact></Contacts></GetContactsResponse>`
}
function added(key: string, id: string): string {
  return `<AddContactsResponse><Contacts><Contact request_id="${key}"><Result>Success</Result><AccountNumber>91234</AccountNumber><Contact_id>${id}</Contact_id><UpdatedTimeStamp>2026-01-01 00:00:00</UpdatedTimeStamp></Contact></Contacts></AddContactsResponse>`
}
/** Success without anything in it. */
function empty(xml: string): string {
  const name = /^<(\w+)Request/.exec(xml)?.[1] ?? ''
  return `<${name}Response><Result>Success</Result></${name}Response>`
}
