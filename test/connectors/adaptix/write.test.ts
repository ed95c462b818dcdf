/** Writes land on the contact they are for, opt-outs first, and each item hears what became of it. */
import { describe, expect, it } from 'vitest'
import type { ContactWrite, WriteOutcome } from '../../../src/connector/connector.ts'
import { ConnectorError } from '../../../src/connector/error.ts'
import type { HttpRequest } from '../../../src/connector/kit.ts'
import { remoteId } from '../../../src/model/id.ts'
import { norm } from '../../../src/model/norm.ts'
import type { Sighting } from '../../../src/model/sighting.ts'
import { script, signal, stage } from './account.ts'
import { change, creation, optOut, tag } from './changes.ts'
import { ANSWERS } from './fixtures.ts'

const VERSIONS = ['2.16', '3.3', '4.4', '5.1', '5.2', '6.0', '7.0']
const kinds = (outcomes: readonly WriteOutcome[]) => outcomes.map(({ kind }) => kind)
const update = (id: string, more: Partial<ContactWrite> = {}) =>
  change({ key: id, id: remoteId(id), ...more })

/** Lists give numbers as the database spells them, answers as JSON does. */
function alike({ fields }: Sighting): Record<string, string> {
  const entries = Object.entries(fields).map(([path, value]) => {
    const text = Array.isArray(value) ? value.join('|') : String(value)
    return [path, norm(/^[\d.]+$/.test(text) ? 'number' : 'text', text)]
  })
  return Object.fromEntries(entries)
}

describe.each(VERSIONS)('on %s', (version) => {
  it('creates many in one call, and shows each as it became', async () => {
    const { writer, simulator, requests } = stage({ quirks: { version } })
    await writer.catalog(signal)
    const before = requests.length
    const batch = Array.from({ length: 200 }, (_, at) =>
      creation(`p${at}@x.test`, {
        fields: { givenName: `P${at}`, 'addresses.main.country': 'Norway' },
      }),
    )
    const outcomes = await writer.write(batch, signal)
    expect(requests.length - before).toBe(1)
    expect(outcomes.every((outcome) => outcome.kind === 'done' && outcome.wasCreated)).toBe(true)
    expect(outcomes[7]).toMatchObject({
      id: '8',
      sighting: { id: '8', fields: { givenName: 'P7' }, tags: [], consents: [] },
    })
    expect(simulator.snapshot()[7]?.fields).toMatchObject({ email: 'p7@x.test', country: 'Norway' })
  })

  it('says when somebody was there already, and when one is refused', async () => {
    const { writer, ask } = stage({ quirks: { version } })
    ask('POST', '/contacts/new', { email: 'known@x.test' })
    const outcomes = await writer.write(
      [
        creation('new@x.test'),
        creation('bad@x.test', { fields: { 'addresses.main.country': 'Narnia' } }),
        creation('KNOWN@x.test'),
      ],
      signal,
    )
    expect(outcomes).toMatchObject([
      { kind: 'done', id: '2', wasCreated: true },
      { kind: 'rejected', path: 'addresses.main.country' },
      { kind: 'done', id: '1', wasCreated: false },
    ])
  })

  it('never leaves somebody opted out contactable, new or known', async () => {
    const { writer, simulator, ask } = stage({ quirks: { version } })
    ask('POST', '/contacts/new', { email: 'known@x.test' })
    await writer.check(signal)
    const created = await writer.write(
      [
        creation('a@x.test', { consents: [optOut], tags: { add: [tag('VIP')], remove: [] } }),
        creation('b@x.test'),
      ],
      signal,
    )
    const edited = await writer.write(
      [
        update('1', {
          consents: [{ ...optOut, state: 'undeliverable' }],
          tags: { add: [tag('VIP')], remove: [] },
        }),
      ],
      signal,
    )
    expect(kinds([...created, ...edited])).toEqual(['done', 'done', 'done'])
    const shown = simulator
      .snapshot()
      .map(({ emails, optedOut, tags }) => [emails[0], optedOut, tags])
    expect(shown).toEqual([
      ['known@x.test', ['known@x.test'], ['VIP']],
      ['a@x.test', ['a@x.test'], ['VIP']],
      ['b@x.test', [], []],
    ])
    expect(simulator.consentBreaches).toEqual([])
  })

  it('edits the contact it means to, in whatever order they come', async () => {
    const { writer, simulator } = stage({ contacts: 30, quirks: { version } })
    await writer.check(signal)
    const order = ['21', '3', '17', '9', '30']
    const outcomes = await writer.write(
      order.map((id) => update(id, { fields: { 'addresses.main.city': `City ${id}` } })),
      signal,
    )
    expect(
      outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.id : outcome.kind)),
    ).toEqual(order)
    for (const { id, fields } of simulator.snapshot()) {
      expect(fields['city'] === `City ${id}`).toBe(order.includes(id))
    }
  })

  it('changes nothing but what is sent', async () => {
    const { writer, simulator } = stage({ contacts: 30, quirks: { version } })
    await writer.check(signal)
    const before = simulator.snapshot()
    await writer.write(
      ['4', '5'].map((id) => update(id, { fields: { 'addresses.main.city': 'Oslo' } })),
      signal,
    )
    const after = simulator
      .snapshot()
      .map(({ fields, ...rest }) => ({ ...rest, fields: { ...fields } }))
    for (const [at, contact] of after.entries()) {
      const old = before[at]
      const { last_active: _then, ...was } = old?.fields ?? {}
      const { last_active: _now, ...is } = contact.fields
      const city = ['4', '5'].includes(contact.id) ? { city: 'Oslo' } : {}
      expect(is).toEqual({ ...was, ...city })
      expect(contact.tags).toEqual(old?.tags)
      expect(contact.optedOut).toEqual(old?.optedOut)
    }
  })

  it('does not let two contacts become one over an address', async () => {
    const { writer, simulator, ask } = stage({ quirks: { version } })
    for (const email of ['a@x.test', 'b@x.test', 'c@x.test'])
      ask('POST', '/contacts/new', { email })
    await writer.check(signal)
    const outcomes = await writer.write(
      [
        update('1', { fields: { 'emails.1': 'B@x.test', givenName: 'Ana' } }),
        update('3', { fields: { 'emails.1': 'new@x.test' } }),
      ],
      signal,
    )
    expect(outcomes).toMatchObject([
      { kind: 'exists', id: '2' },
      { kind: 'done', id: '3' },
    ])
    expect(simulator.snapshot().map(({ emails }) => emails[0])).toEqual([
      'a@x.test',
      'b@x.test',
      'new@x.test',
    ])
  })

  it('gives one new address to one of two who are to get it at once', async () => {
    const { writer, simulator, ask } = stage({ quirks: { version } })
    for (const email of ['a@x.test', 'b@x.test']) ask('POST', '/contacts/new', { email })
    await writer.check(signal)
    const outcomes = await writer.write(
      ['1', '2'].map((id) => update(id, { fields: { 'emails.1': 'shared@x.test' } })),
      signal,
    )
    expect(outcomes).toMatchObject([
      { kind: 'done', id: '1' },
      { kind: 'exists', id: '1' },
    ])
    expect(simulator.snapshot().map(({ emails }) => emails[0])).toEqual([
      'shared@x.test',
      'b@x.test',
    ])
  })

  it('answers a write with what a reading shows', async () => {
    const { writer, clock } = stage({ contacts: 4, quirks: { version } })
    await writer.check(signal)
    const fields = {
      givenName: 'Ana',
      'custom.children': '3',
      'custom.shoe_size': '42.5',
      'custom.wants_catalogue': 'true',
      'custom.next_call': '2026-03-01T09:15:00Z',
      'custom.birthday': '1990-02-28',
      'addresses.main.country': 'Norway',
      points: '4',
    }
    clock.pass(60_000)
    const tags = { add: [tag('VIP'), tag('Gold')], remove: [] }
    const created = await writer.write(
      [creation('a@x.test', { fields, tags, consents: [optOut] })],
      signal,
    )
    const edited = await writer.write(
      [update('2', { fields, tags }), update('3', { fields: { points: '9' } })],
      signal,
    )
    for (const outcome of [...created, ...edited]) {
      if (outcome.kind !== 'done' || outcome.sighting === null) throw new Error(outcome.kind)
      const [read] = await writer.fetch([outcome.id], signal)
      if (read?.kind !== 'found') throw new Error(read?.kind)
      expect(alike(outcome.sighting)).toEqual(alike(read.sighting))
      expect({ ...outcome.sighting, fields: {} }).toEqual({ ...read.sighting, fields: {} })
    }
  })

  it('says gone for a contact that is', async () => {
    const { writer, ask } = stage({ contacts: 5, quirks: { version } })
    await writer.check(signal)
    ask('DELETE', '/contacts/2/delete')
    const city = { fields: { 'addresses.main.city': 'Oslo' } }
    // 2.x breaks down over an unknown id in a batch; the halves of it tell.
    const batch = [update('1', city), update('2', city)]
    if (version === '2.16')
      await expect(writer.write(batch, signal)).rejects.toMatchObject({ kind: 'unknown' })
    else expect(kinds(await writer.write(batch, signal))).toEqual(['done', 'gone'])
    expect(kinds(await writer.write([update('2', city)], signal))).toEqual(['gone'])
  })

  it('takes an opt-out back', async () => {
    const { writer, simulator, ask } = stage({ quirks: { version } })
    ask('POST', '/contacts/new', { email: 'a@x.test' })
    ask('POST', '/contacts/1/dnc/email/add', { reason: 1 })
    await writer.check(signal)
    const outcomes = await writer.write(
      [update('1', { consents: [{ ...optOut, state: 'granted' }] })],
      signal,
    )
    expect(kinds(outcomes)).toEqual(['done'])
    expect(simulator.snapshot()[0]?.optedOut).toEqual([])
  })

  it('makes points zero, whatever their sign', async () => {
    const { writer, simulator, ask } = stage({ quirks: { version } })
    ask('POST', '/contacts/new', { email: 'a@x.test', points: 12 })
    await writer.check(signal)
    const [seen] = await writer.fetch([remoteId('1')], signal)
    const current = seen?.kind === 'found' ? seen.sighting : null
    expect(current?.fields['points']).toBe('12')
    await writer.write([update('1', { fields: { points: '0' }, current })], signal)
    expect(simulator.snapshot()[0]?.fields['points'] ?? '0').toBe('0')
  })
})

describe('a server that does not tell its version', () => {
  it('still never leaves somebody opted out contactable', async () => {
    for (const versionHeader of ['', 'Mautic-Version']) {
      const { writer, simulator, ask } = stage({ quirks: { versionHeader } })
      ask('POST', '/contacts/new', { email: 'known@x.test' })
      const tags = { add: [tag('VIP')], remove: [] }
      const created = await writer.write(
        [creation('a@x.test', { consents: [optOut], tags }), creation('b@x.test')],
        signal,
      )
      const edited = await writer.write([update('1', { consents: [optOut], tags })], signal)
      expect(kinds([...created, ...edited])).toEqual(['done', 'done', 'done'])
      expect(simulator.snapshot().map(({ optedOut }) => optedOut.length)).toEqual([1, 1, 0])
      expect(simulator.snapshot().map(({ tags: held }) => held)).toEqual([['VIP'], ['VIP'], []])
      expect(simulator.consentBreaches).toEqual([])
    }
  })

  it('whose answers hide opt-outs gets them on their own', async () => {
    const { writer, sent } = script(({ operation }) => {
      if (operation === 'contacts.createBatch') {
        return { contacts: [{ id: 5, tags: [], doNotContact: [] }], statusCodes: [201] }
      }
      return operation === 'fields.list' ? { total: 0, fields: [] } : { contact: { id: 5 } }
    })
    const [outcome] = await writer.write([creation('a@x.test', { consents: [optOut] })], signal)
    expect(outcome).toMatchObject({ kind: 'done', id: '5', sighting: null })
    expect(sent.at(-1)).toMatchObject({
      path: '/contacts/5/dnc/email/add',
      body: '{"reason":3,"comments":"asked by phone"}',
    })
  })
})

describe('emptying', () => {
  it.each(VERSIONS.slice(1))('leaves everything else, on %s', async (version) => {
    const { writer, simulator, ask } = stage({ quirks: { version } })
    for (const number of [1, 2]) {
      ask('POST', '/contacts/new', {
        email: `p${number}@x.test`,
        firstname: 'Ana',
        city: 'Oslo',
        points: 5,
      })
    }
    await writer.check(signal)
    const emptied = { fields: { 'addresses.main.city': null, familyName: 'Berg' } }
    const alone = await writer.write([update('1', emptied)], signal)
    expect(kinds(alone)).toEqual(['done'])
    expect(
      kinds(
        await writer.write([update('2', emptied), update('1', { fields: { fax: '1' } })], signal),
      ),
    ).toEqual(['done', 'done'])
    for (const { fields } of simulator.snapshot()) {
      expect(fields).toMatchObject({ firstname: 'Ana', lastname: 'Berg' })
      expect(fields['city'] ?? '').toBe('')
    }
  })

  it('is not claimed before version 3', async () => {
    const { writer } = stage({ quirks: { version: '2.16' } })
    await writer.check(signal)
    expect(writer.capabilities.update).toMatchObject({ clears: false })
  })
})

describe('tags', () => {
  it('keep one spelling, come by name and go by the spelling on the contact', async () => {
    const { writer, simulator, ask } = stage()
    ask('POST', '/contacts/new', { email: 'a@x.test', tags: ['vip', 'old'] })
    const current = (await writer.fetch([remoteId('1')], signal))[0]
    const sighting = current?.kind === 'found' ? current.sighting : null
    await writer.write(
      [update('1', { tags: { add: [tag('NEW')], remove: [tag('VIP')] }, current: sighting })],
      signal,
    )
    await writer.write(
      [creation('b@x.test', { tags: { add: [tag('new'), tag('Old')], remove: [] } })],
      signal,
    )
    expect(simulator.snapshot().map(({ tags }) => [...tags].sort())).toEqual([
      ['NEW', 'old'],
      ['NEW', 'old'],
    ])
  })

  it('can be written where there is no catalogue of them', async () => {
    const { writer, simulator, warnings } = stage({ quirks: { noTagsEndpoint: true } })
    const made = await writer.createTag({ name: 'VIP', category: null }, signal)
    expect(made).toMatchObject({ key: 'VIP' })
    await writer.write([creation('a@x.test', { tags: { add: [made], remove: [] } })], signal)
    expect(simulator.snapshot()[0]?.tags).toEqual(['VIP'])
    expect(warnings.join()).toContain('tag catalogue')
  })
})

describe('batches', () => {
  it('are edited one by one where rows could be mixed up or the version is not told', async () => {
    for (const quirks of [{ version: '3.3' }, { versionHeader: '' }]) {
      const { writer, requests } = stage({ contacts: 3, quirks })
      await writer.check(signal)
      const batch = ['3', '1'].map((id) =>
        update(id, { fields: { 'addresses.main.city': 'Oslo' } }),
      )
      expect(kinds(await writer.write(batch, signal))).toEqual(['done', 'done'])
      expect(requests.some(({ url }) => url.includes('batch/edit'))).toBe(false)
      expect(writer.capabilities.update).toMatchObject({ batchMax: 20 })
    }
  })

  it('never hold the same contact twice', async () => {
    const { writer, simulator } = stage({ contacts: 3 })
    await writer.check(signal)
    const outcomes = await writer.write(
      [
        update('1', { fields: { 'addresses.main.city': 'Oslo' } }),
        update('2', { fields: { 'addresses.main.city': 'Bergen' } }),
        update('1', { fields: { fax: '12' } }),
      ],
      signal,
    )
    expect(kinds(outcomes)).toEqual(['done', 'done', 'done'])
    expect(simulator.snapshot()[0]?.fields).toMatchObject({ city: 'Oslo', fax: '12' })
  })

  it('learn the cap of a server from its refusal', async () => {
    const { writer, simulator } = stage({ quirks: { batchLimit: 30 } })
    const batch = Array.from({ length: 100 }, (_, at) => creation(`p${at}@x.test`))
    const outcomes = await writer.write(batch, signal)
    expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true)
    expect(simulator.snapshot()).toHaveLength(100)
    expect(writer.capabilities.create).toMatchObject({ batchMax: 30 })
  })

  it('that fail whole are thrown, to be halved and looked up', async () => {
    for (const poisonEffects of ['earlier', 'none', 'all']) {
      const { writer } = stage({ quirks: { poisonEmail: 'bad@x.test', poisonEffects } })
      const batch = ['a@x.test', 'bad@x.test', 'c@x.test'].map((email) => creation(email))
      await expect(writer.write(batch, signal)).rejects.toMatchObject({ kind: 'unknown' })
      await expect(writer.write([creation('bad@x.test')], signal)).rejects.toMatchObject({
        kind: 'unknown',
      })
    }
  })

  it('whose answer is cut count as unknown', async () => {
    const { writer } = stage({ quirks: { truncateEvery: 2 } })
    await writer.check(signal).catch(() => undefined)
    const result = await writer
      .write([creation('a@x.test')], signal)
      .catch((error: unknown) => error)
    const again = await writer
      .write([creation('b@x.test')], signal)
      .catch((error: unknown) => error)
    const failed = [result, again].filter((one) => one instanceof ConnectorError)
    expect(failed).not.toHaveLength(0)
    for (const error of failed) expect(error).toMatchObject({ kind: 'protocol', mayRetry: true })
  })

  it('are read by position in the documented answers', async () => {
    const served = (answer: unknown) =>
      script(({ operation }) => {
        if (operation === 'fields.list') return { total: 0, fields: [] }
        return operation.startsWith('contacts.') ? answer : { total: 0, tags: [] }
      }).writer
    const created = await served(ANSWERS['batchCreate']).write(
      ['a', 'b', 'c'].map((name) => creation(`${name}@x.test`)),
      signal,
    )
    expect(created).toMatchObject([
      { kind: 'done', id: '907', wasCreated: true, sighting: null },
      { kind: 'rejected', path: 'addresses.main.country' },
      { kind: 'done', id: '906', wasCreated: false },
    ])
  })

  it('stop after an answer about another contact', async () => {
    const { writer, sent } = script(({ operation, body }) => {
      if (operation === 'fields.list') return { total: 0, fields: [] }
      if (operation === 'contacts.editBatch') {
        return {
          contacts: [{ id: 2, tags: [], doNotContact: [] }, { id: 1 }],
          statusCodes: [200, 200],
        }
      }
      const id = 5
      return { contact: { id, sent: body, tags: [], doNotContact: [] } }
    })
    await writer.check(signal).catch(() => undefined)
    const city = { fields: { 'addresses.main.city': 'Oslo' } }
    expect(kinds(await writer.write([update('1', city), update('2', city)], signal))).toEqual([
      'unknown',
      'unknown',
    ])
    const before = sent.length
    const next = await writer.write([update('5', city), update('6', city)], signal)
    expect(kinds(next)).toEqual(['done', 'unknown'])
    expect(sent.slice(before).map(({ operation }) => operation)).toEqual([
      'contacts.edit',
      'contacts.edit',
    ])
  })

  it('leave unknown what an answer does not mention', async () => {
    const { writer } = script(({ operation }) =>
      operation === 'contacts.createBatch'
        ? { contacts: [], statusCodes: [] }
        : { total: 0, fields: [] },
    )
    expect(kinds(await writer.write([creation('a@x.test')], signal))).toEqual(['unknown'])
  })
})

describe('refusals', () => {
  const alone = (status: number, body: unknown) =>
    script((request: HttpRequest) =>
      request.operation === 'contacts.edit'
        ? { status, body: JSON.stringify(body) }
        : { total: 0, fields: [], contacts: [] },
    ).writer.write([update('5', { fields: { givenName: 'Ana' } })], signal)

  it('of one contact are its outcome', async () => {
    expect(await alone(422, ANSWERS['notUnique'])).toMatchObject([
      { kind: 'rejected', path: 'emails.1', hint: expect.stringContaining('same email') },
    ])
    expect(await alone(404, ANSWERS['notFound'])).toEqual([{ kind: 'gone' }])
    expect(await alone(409, { errors: [{ code: 409, message: 'locked', details: [] }] })).toEqual([
      { kind: 'stale' },
    ])
    expect(await alone(403, { errors: [{ code: 403, message: 'no', details: [] }] })).toMatchObject(
      [{ kind: 'rejected' }],
    )
  })

  it('of the account are thrown', async () => {
    await expect(alone(401, ANSWERS['badToken'])).rejects.toMatchObject({ kind: 'login' })
    await expect(alone(403, ANSWERS['apiDisabled'])).rejects.toMatchObject({ kind: 'permission' })
    await expect(alone(500, {})).rejects.toMatchObject({ kind: 'unknown' })
    const { writer } = stage({ quirks: { readOnly: true } })
    await expect(writer.write([creation('a@x.test')], signal)).rejects.toMatchObject({
      kind: 'permission',
    })
  })

  it('of a field that the platform does not have reach the item alone', async () => {
    const { writer } = stage()
    const outcomes = await writer.write(
      [creation('a@x.test', { fields: { 'emails.2': 'b@x.test' } }), creation('c@x.test')],
      signal,
    )
    expect(kinds(outcomes)).toEqual(['rejected', 'done'])
  })

  it('after something was done are told per item, and end the call', async () => {
    let edits = 0
    const { writer, sent } = script(
      ({ operation, path }) => {
        if (operation === 'fields.list') return { total: 0, fields: [] }
        edits += 1
        if (edits > 1) return { status: 401, body: '{}' }
        return { contact: { id: Number(/\d+/.exec(path)?.[0]), tags: [], doNotContact: [] } }
      },
      { headers: {} },
    )
    const batch = ['1', '2', '3'].map((id) => update(id, { fields: { givenName: 'Ana' } }))
    expect(kinds(await writer.write(batch, signal))).toEqual(['done', 'unknown', 'unknown'])
    expect(sent.filter(({ operation }) => operation === 'contacts.edit')).toHaveLength(2)
  })
})

describe('removing', () => {
  it('deletes who is asked for, and never the survivor of a merge', async () => {
    const { writer, simulator } = stage({ contacts: 6 })
    simulator.mergeContacts('2', '3')
    const outcomes = await writer.remove(['1', '2', '99'].map(remoteId), signal)
    expect(kinds(outcomes)).toEqual(['done', 'gone', 'gone'])
    expect(simulator.snapshot().map(({ id }) => id)).toEqual(['3', '4', '5', '6'])
  })

  it('leaves alone what it cannot look at', async () => {
    const { writer, sent } = script(() => ({
      status: 403,
      body: '{"errors":[{"code":403,"message":"no","details":[]}]}',
    }))
    expect(kinds(await writer.remove([remoteId('1')], signal))).toEqual(['unknown'])
    expect(sent.map(({ operation }) => operation)).toEqual(['contacts.get'])
  })
})

describe('a dry run', () => {
  it('reads everything and sends nothing that writes', async () => {
    const { reader, simulator, requests } = stage({ contacts: 250 })
    await reader.check(signal)
    const catalog = await reader.catalog(signal)
    await reader.inventory(signal)
    for (const stream of ['contacts', 'groupings'] as const) {
      let position: string | null = null
      do {
        const page = await reader.scan(
          { stream, since: null, overlapMs: 0, fields: catalog.fields, position },
          signal,
        )
        position = page.next
      } while (position !== null)
    }
    await reader.fetch([remoteId('1'), remoteId('999')], signal)
    await reader.find({ by: 'email', values: ['a@x.test'] }, signal)
    expect(simulator.counts.write).toBe(0)
    for (const request of requests)
      expect(simulator.isMutation({ ...request, headers: {} })).toBe(false)
    expect(Object.keys(reader)).not.toContain('write')
  })
})
