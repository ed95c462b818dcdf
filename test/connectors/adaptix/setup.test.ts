/** Fields, options, tags, segments and memberships come into being once, and can be used when the call returns. */
import { describe, expect, it } from 'vitest'
import { PUBLISH_WITHIN_MS } from '../../../connectors/adaptix/setup.ts'
import { remoteId } from '../../../src/model/id.ts'
import type { FieldDraft, Group } from '../../../src/model/vocabulary.ts'
import { script, signal, stage, START_MS } from './account.ts'
import { creation } from './changes.ts'

const draft = (more: Partial<FieldDraft> = {}): FieldDraft => ({
  label: 'Plan level',
  name: 'plan_level_2',
  type: 'choice',
  options: [{ value: 'gold', label: 'Gold' }],
  ...more,
})

describe('a field', () => {
  it.each(['2.16', '3.3', '4.4', '5.1', '6.0'])(
    'can be written to at once, on %s',
    async (version) => {
      const { writer, simulator } = stage({ quirks: { version } })
      await writer.check(signal)
      for (const [type, value] of [
        ['text', 'x'.repeat(100)],
        ['longtext', 'a\nb'],
        ['number', '12.5'],
        ['boolean', 'true'],
        ['date', '2026-03-01'],
        ['datetime', '2026-03-01T09:15:00Z'],
        ['time', '09:15:00'],
        ['choices', ['gold']],
        ['phone', '+49 89 1'],
        ['url', 'https://x.test'],
        ['country', 'Norway'],
      ] as const) {
        const options = type === 'choices' ? [{ value: 'gold', label: 'Gold' }] : null
        const field = await writer.createField(
          draft({ label: `New ${type}`, name: `new_${type}`, type, options }),
          signal,
        )
        expect(field).toMatchObject({ path: `custom.new_${type}`, type, writable: true })
        const [outcome] = await writer.write(
          [creation(`${type}@x.test`, { fields: { [field.path]: value } })],
          signal,
        )
        expect(outcome).toMatchObject({
          kind: 'done',
          sighting: { fields: { [field.path]: value } },
        })
      }
      expect(simulator.snapshot()).toHaveLength(11)
    },
  )

  it('of the same label and type is returned, with further options added', async () => {
    const { writer, requests } = stage()
    const first = await writer.createField(draft(), signal)
    const again = await writer.createField(draft({ label: 'plan LEVEL', name: 'other' }), signal)
    expect(again.path).toBe(first.path)
    const more = await writer.createField(
      draft({ options: [{ value: 'plus', label: 'Plus' }] }),
      signal,
    )
    expect(more.options?.map(({ value }) => value)).toEqual(['gold', 'plus'])
    expect(requests.filter(({ url }) => url.endsWith('/fields/contact/new'))).toHaveLength(1)
    const other = await writer.createField(draft({ type: 'text', options: null }), signal)
    expect(other.path).not.toBe(first.path)
  })

  it('keeps its options when some are added, and stays as it is when none are new', async () => {
    const { writer, requests } = stage()
    const field = await writer.createField(draft(), signal)
    const more = await writer.addOptions(
      field,
      [
        { value: 'plus', label: 'Plus' },
        { value: 'gold', label: 'Gold' },
      ],
      signal,
    )
    expect(more.options).toEqual([
      { value: 'gold', label: 'Gold' },
      { value: 'plus', label: 'Plus' },
    ])
    const before = requests.filter(({ method }) => method === 'PATCH').length
    expect(
      (await writer.addOptions(more, [{ value: 'plus', label: 'Plus' }], signal)).options,
    ).toHaveLength(2)
    expect(requests.filter(({ method }) => method === 'PATCH')).toHaveLength(before)
    const outcomes = await writer.write(
      [creation('a@x.test', { fields: { [field.path]: 'plus' } })],
      signal,
    )
    expect(outcomes).toMatchObject([{ kind: 'done' }])
  })

  it('made in the background is waited for', async () => {
    const { writer, clock } = stage({ quirks: { backgroundFields: 90_000 } })
    const field = await writer.createField(draft({ type: 'text', options: null }), signal)
    expect(clock.now()).toBeGreaterThanOrEqual(START_MS + 90_000)
    const [outcome] = await writer.write(
      [creation('a@x.test', { fields: { [field.path]: 'x' } })],
      signal,
    )
    expect(outcome).toMatchObject({ sighting: { fields: { [field.path]: 'x' } } })
  })

  it('that is never published is not waited for without end', async () => {
    const { writer, clock } = stage({ quirks: { backgroundFields: PUBLISH_WITHIN_MS * 10 } })
    await expect(writer.createField(draft(), signal)).rejects.toMatchObject({
      kind: 'unreachable',
      hint: expect.stringContaining('background job'),
    })
    expect(clock.now()).toBeLessThan(START_MS + PUBLISH_WITHIN_MS + 60_000)
  })

  it('has the name the server gave it, not the one wished for', async () => {
    const { writer } = stage()
    const field = await writer.createField(
      draft({
        label: 'Größe in cm, mit und ohne Schuhe',
        name: 'Größe in cm, mit und ohne Schuhe',
      }),
      signal,
    )
    expect(field.native).toMatch(/^[a-z0-9_]{1,25}$/)
    expect(field.path).toBe(`custom.${field.native}`)
  })

  it('beyond what the table holds is an error of the whole call', async () => {
    const { writer } = stage({ quirks: { fieldLimit: 1 } })
    await writer.createField(draft({ label: 'One', name: 'one' }), signal)
    await expect(
      writer.createField(draft({ label: 'Two', name: 'two' }), signal),
    ).rejects.toMatchObject({ kind: 'unknown' })
  })
})

describe('a tag', () => {
  it('exists once, whatever the case', async () => {
    const { writer, ask } = stage()
    ask('POST', '/tags/new', { tag: 'vip' })
    expect(await writer.createTag({ name: 'VIP', category: null }, signal)).toMatchObject({
      key: 'vip',
      name: 'vip',
    })
    expect(await writer.createTag({ name: 'New', category: 'x' }, signal)).toMatchObject({
      key: 'New',
    })
    expect(await writer.createTag({ name: 'NEW', category: null }, signal)).toMatchObject({
      key: 'New',
    })
    const { tags } = await writer.catalog(signal)
    expect(tags.map(({ name }) => name).sort()).toEqual(['New', 'vip'])
  })
})

describe('a segment', () => {
  it('is made once, seen by others, and holds whom it is given', async () => {
    const { writer, simulator, requests } = stage({ contacts: 30 })
    const group = await writer.createGroup({ name: 'Moved people' }, signal)
    expect(await writer.createGroup({ name: 'Moved people' }, signal)).toEqual(group)
    const ids = ['1', '2', '3'].map(remoteId)
    const before = requests.length
    await writer.join(group, { add: ids, remove: [] }, signal)
    await writer.join(group, { add: ids, remove: ['2' as never] }, signal)
    expect(requests.length - before).toBe(3)
    const members = simulator.snapshot().filter(({ groups }) => groups.includes('Moved people'))
    expect(members.map(({ id }) => id)).toEqual(['1', '3'])
  })

  it('takes people one by one where there is no call for many', async () => {
    const { writer, simulator } = stage({ contacts: 5, quirks: { noSegmentsBulk: true } })
    const group = await writer.createGroup({ name: 'Moved people' }, signal)
    await writer.join(group, { add: ['1', '4'].map(remoteId), remove: [] }, signal)
    const members = simulator.snapshot().filter(({ groups }) => groups.includes('Moved people'))
    expect(members.map(({ id }) => id)).toEqual(['1', '4'])
  })

  it('passes by contacts that are gone, and minds a segment that is', async () => {
    const { writer, simulator, ask, warnings } = stage({ contacts: 5 })
    const group = await writer.createGroup({ name: 'Moved people' }, signal)
    ask('DELETE', '/contacts/2/delete')
    await writer.join(group, { add: ['1', '2'].map(remoteId), remove: [remoteId('2')] }, signal)
    expect(
      simulator.snapshot().filter(({ groups }) => groups.includes('Moved people')),
    ).toHaveLength(1)
    expect(warnings.join()).toContain('is gone')
    const lost: Group = { key: '999', name: 'Lost', description: null, writable: true }
    await expect(
      writer.join(lost, { add: [remoteId('1')], remove: [] }, signal),
    ).rejects.toMatchObject({ kind: 'gone' })
  })
})

describe('the catalogue', () => {
  it('is complete, however many pages it has', async () => {
    const { reader, ask } = stage()
    for (let at = 0; at < 1100; at++) ask('POST', '/tags/new', { tag: `tag ${at}` })
    const { tags } = await reader.catalog(signal)
    expect(new Set(tags.map(({ name }) => name)).size).toBe(1100)
  })

  it('is read again when it moves meanwhile', async () => {
    let asked = 0
    const { reader } = script(({ operation, path }) => {
      if (operation === 'contacts.owners') return []
      if (operation !== 'tags.list') return { total: 0, fields: [], lists: [] }
      asked += 1
      const start = Number(new URLSearchParams(path.split('?')[1]).get('start'))
      const total = asked === 1 ? 501 : 500
      const count = Math.min(500, total - start)
      return {
        total,
        tags: Array.from({ length: count }, (_, at) => ({
          id: start + at + 1,
          tag: `t${start + at}`,
        })),
      }
    })
    expect((await reader.catalog(signal)).tags).toHaveLength(500)
    expect(asked).toBe(4)
  })

  it('makes do with the short list of fields, and with no tags, segments or owners', async () => {
    const { reader } = script(({ operation }) =>
      operation === 'contacts.fields'
        ? {
            6: {
              id: 6,
              label: 'Email',
              alias: 'email',
              type: 'email',
              group: 'core',
              order: 6,
              object: 'lead',
            },
          }
        : { status: 403, body: '{"errors":[{"code":403,"message":"no","details":[]}]}' },
    )
    const catalog = await reader.catalog(signal)
    expect(catalog.fields.map(({ path }) => path)).toEqual([
      'emails.1',
      'owner',
      'points',
      'createdAt',
    ])
    expect([catalog.tags, catalog.groups, catalog.owners]).toEqual([[], [], []])
  })

  it('tells which segments fill themselves, who may own, and what a new contact must have', async () => {
    const { writer, ask } = stage({ contacts: 3 })
    ask('POST', '/fields/contact/new', {
      label: 'Must',
      alias: 'must',
      type: 'text',
      isRequired: true,
    })
    const { groups, owners } = await writer.catalog(signal)
    expect(owners.length).toBeGreaterThan(0)
    expect(owners[0]?.key).toMatch(/^\d+$/)
    expect(groups.length).toBeGreaterThan(0)
    expect(writer.rules.refuse('create', { 'emails.1': 'a@x.test' })).toMatchObject({
      cause: 'Must is required there',
    })
  })
})
