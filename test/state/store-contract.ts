/** What every state store keeps to, whatever database it lies on. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type PlanId, type RemoteId, type RunId, remoteId } from '../../src/model/id.ts'
import { TURN_WINDOW_MS } from '../../src/plan/turns.ts'
import { openStore } from '../../src/state/sql/open.ts'
import type { Fence } from '../../src/state/leases.ts'
import { type StateStore, StoreError } from '../../src/state/store.ts'
import {
  consent,
  header,
  journalEntry,
  link,
  op,
  openCase,
  PLAN,
  RUN,
  runRecord,
  SYNC,
  sighting,
  staged,
} from './examples.ts'

const ids = (...texts: string[]): RemoteId[] => texts.map(remoteId)
const DONE = { id: null, message: null, hint: null, path: null }

export function storeContract(newPlace: () => Promise<string>): void {
  let store: StateStore
  let nowMs = 100
  beforeEach(async () => {
    nowMs = 100
    store = await openStore(await newPlace(), { clock: { now: () => nowMs } })
  })
  afterEach(async () => {
    await store.close()
  })

  async function failure(work: Promise<unknown>): Promise<StoreError> {
    const error = await work.then(
      () => null,
      (reason: unknown) => reason,
    )
    if (error instanceof StoreError) return error
    throw new Error('no StoreError', { cause: error })
  }

  describe('meta', () => {
    test('makes the hash key once', async () => {
      const key = await store.meta.hashKey()
      expect(key.length).toBeGreaterThan(20)
      expect(await store.meta.hashKey()).toBe(key)
    })
    test('keeps the last value of a key', async () => {
      expect(await store.meta.get('a')).toBeNull()
      await store.meta.set('a', '1')
      await store.meta.set('a', '2')
      expect(await store.meta.get('a')).toBe('2')
    })
  })

  describe('runs', () => {
    test('come back as they were created', async () => {
      await store.runs.create(runRecord())
      expect(await store.runs.get(RUN)).toEqual(runRecord())
      expect(await store.runs.get('other' as RunId)).toBeNull()
    })
    test('are listed newest first, of one sync or of all', async () => {
      await store.runs.create(runRecord({ id: 'a' as RunId }))
      await store.runs.create(runRecord({ id: 'b' as RunId, sync: 'other' }))
      await store.runs.create(runRecord({ id: 'c' as RunId, status: 'done' }))
      const listed = async (sync: string | null, limit: number) =>
        (await store.runs.list({ sync, limit })).map((run) => run.id)
      expect(await listed(null, 9)).toEqual(['c', 'b', 'a'])
      expect(await listed(SYNC, 9)).toEqual(['c', 'a'])
      expect(await listed(null, 1)).toEqual(['c'])
    })
    test('change only what the patch names', async () => {
      await store.runs.create(runRecord())
      await store.runs.update(RUN, { stage: 2, facts: { n: 1 }, plan: PLAN, updatedAt: 5 })
      await store.runs.update(RUN, {})
      const changed = { stage: 2, facts: { n: 1 }, plan: PLAN, updatedAt: 5 }
      expect(await store.runs.get(RUN)).toEqual(runRecord(changed))
      await store.runs.update(RUN, { status: 'failed', reason: 'no', endedAt: 6, plan: null })
      const ended = { status: 'failed', reason: 'no', endedAt: 6, plan: null } as const
      expect(await store.runs.get(RUN)).toEqual(runRecord({ ...changed, ...ended }))
    })
    test('of one sync are resumable one at a time', async () => {
      const second = runRecord({ id: 'run-2' as RunId, kind: 'verify' })
      await store.runs.create(runRecord({ status: 'stopped' }))
      expect((await store.runs.resumable(SYNC))?.id).toBe(RUN)
      expect(await store.runs.resumable('other')).toBeNull()
      const refused = await failure(store.runs.create(second))
      expect(refused.kind).toBe('busy')
      expect(refused.message).toContain(RUN)
      await store.runs.update(RUN, { status: 'done' })
      await store.runs.create(second)
      const back = await failure(store.runs.update(RUN, { status: 'open' }))
      expect(back.kind).toBe('busy')
      expect(back.message).toContain('run-2')
      expect((await failure(store.runs.create(runRecord()))).kind).toBe('busy')
      await store.runs.update('run-2' as RunId, { status: 'done' })
      expect((await failure(store.runs.create(runRecord()))).kind).toBe('broken')
    })
    test('are locked inside a transaction', async () => {
      await store.runs.create(runRecord())
      await store.transaction([], async (inner) => {
        expect(await inner.runs.lock(RUN)).toEqual(runRecord())
        expect(await inner.runs.lock('other' as RunId)).toBeNull()
      })
    })
    test('keep documents with the order of their keys', async () => {
      expect(await store.runs.document(RUN, 'catalogue')).toBeNull()
      await store.runs.saveDocument(RUN, 'catalogue', { z: 1 })
      await store.runs.saveDocument(RUN, 'catalogue', { z: [1, null], a: 'ü\u0000' })
      const document = await store.runs.document(RUN, 'catalogue')
      expect(JSON.stringify(document)).toBe(JSON.stringify({ z: [1, null], a: 'ü\u0000' }))
    })
  })

  describe('slices', () => {
    test('are opened once, in order, and stay closed', async () => {
      const wanted = ['z', 'a', 'm'].map((name) => ({ name, position: null }))
      await store.slices.open(RUN, 1, wanted)
      await store.slices.save(RUN, 1, 'a', { page: 2 })
      await store.slices.close(RUN, 1, 'z')
      await store.slices.open(RUN, 1, [...wanted, { name: 'b', position: 'start' }])
      await store.slices.open(RUN, 2, [{ name: 'a', position: 0 }])
      expect(await store.slices.isAnyOpen(RUN, 1)).toBe(true)
      expect(await store.slices.isAnyOpen(RUN, 7)).toBe(false)
      expect(await store.slices.stillOpen(RUN, 1)).toEqual([
        { run: RUN, stage: 1, name: 'a', isOpen: true, position: { page: 2 } },
        { run: RUN, stage: 1, name: 'm', isOpen: true, position: null },
        { run: RUN, stage: 1, name: 'b', isOpen: true, position: 'start' },
      ])
      expect((await store.slices.get(RUN, 1, 'z'))?.isOpen).toBe(false)
      expect(await store.slices.get(RUN, 3, 'z')).toBeNull()
      for (const name of ['a', 'm', 'b']) await store.slices.close(RUN, 1, name)
      expect(await store.slices.isAnyOpen(RUN, 1)).toBe(false)
      expect(await store.slices.isAnyOpen(RUN, 2)).toBe(true)
    })
  })

  describe('leases', () => {
    const claim = (owner: string, now: number, mayTakeOver = false) =>
      store.leases.acquire({
        scope: 'pull',
        owner,
        now,
        expiresAt: now + 10,
        mayTakeOver: () => mayTakeOver,
      })
    async function fenceOf(owner: string, now: number): Promise<Fence> {
      const claimed = await claim(owner, now)
      if (claimed.kind === 'busy') throw new Error(`held by ${claimed.holder}`)
      return claimed.fence
    }

    test('are refused while another holds them, and told by whom', async () => {
      await fenceOf('a', 0)
      expect(await claim('b', 9)).toEqual({ kind: 'busy', holder: 'a', expiresAt: 10 })
    })
    test('keep their epoch with their owner and raise it with the next', async () => {
      expect(await fenceOf('a', 0)).toEqual({ scope: 'pull', epoch: 1 })
      expect(await fenceOf('a', 50)).toEqual({ scope: 'pull', epoch: 1 })
      expect(await fenceOf('b', 60)).toEqual({ scope: 'pull', epoch: 2 })
      expect(await claim('c', 61, true)).toMatchObject({ kind: 'held', fence: { epoch: 3 } })
    })
    test('are listed while held and free once given back', async () => {
      const fence = await fenceOf('a', 0)
      expect(await store.leases.renew(fence, 99)).toBe(true)
      expect(await store.leases.list()).toEqual([
        { scope: 'pull', owner: 'a', epoch: 1, expiresAt: 99 },
      ])
      await store.leases.release(fence)
      expect(await store.leases.list()).toEqual([])
      expect(await store.leases.renew(fence, 100)).toBe(false)
      expect((await fenceOf('b', 1)).epoch).toBe(2)
    })
    test('that were overtaken renew nothing, give nothing back and keep nothing', async () => {
      const lost = await fenceOf('a', 0)
      const taken = await fenceOf('b', 20)
      expect(await store.leases.renew(lost, 99)).toBe(false)
      await store.leases.release(lost)
      let hasRun = false
      const refused = await failure(
        store.transaction([lost], async (inner) => {
          hasRun = true
          await inner.meta.set('from', 'the dead')
        }),
      )
      expect(refused.kind).toBe('fenced')
      expect(refused.message).toContain('b')
      expect(hasRun).toBe(false)
      expect(await store.meta.get('from')).toBeNull()
      await store.transaction([taken], (inner) => inner.meta.set('from', 'the living'))
      expect(await store.meta.get('from')).toBe('the living')
    })
    test('of a transaction are all checked', async () => {
      const fence = await fenceOf('a', 0)
      const unknown = { scope: 'never taken', epoch: 1 }
      expect((await failure(store.transaction([fence, unknown], async () => 1))).kind).toBe(
        'fenced',
      )
      await store.leases.release(fence)
      expect((await failure(store.transaction([fence], async () => 1))).kind).toBe('fenced')
    })
  })

  describe('transactions', () => {
    test('are all or nothing, and hand out what the work answers', async () => {
      expect(
        await store.transaction([], async (inner) => inner.meta.set('a', '1').then(() => 7)),
      ).toBe(7)
      const gone = store.transaction([], async (inner) => {
        await inner.meta.set('a', '2')
        await inner.links.save([link('1', '2')])
        throw new Error('changed my mind')
      })
      await expect(gone).rejects.toThrow('changed my mind')
      expect(await store.meta.get('a')).toBe('1')
      expect(await store.links.count(SYNC)).toBe(0)
    })
    test('of one process come one after the other, and calls beside them do not hang', async () => {
      const count = async (inner: StateStore) => {
        const before = Number((await inner.meta.get('n')) ?? '0')
        await inner.staging.count(RUN, 'from')
        await inner.meta.set('n', String(before + 1))
      }
      const beside = Array.from({ length: 10 }, () => store.meta.get('n'))
      await Promise.all([
        ...Array.from({ length: 20 }, () => store.transaction([], count)),
        ...beside,
      ])
      expect(await store.meta.get('n')).toBe('20')
    })
    test('do not begin inside each other', async () => {
      const nested = store.transaction([], (inner) => inner.transaction([], async () => 1))
      await expect(nested).rejects.toThrow('inside another')
      expect(await store.meta.get('a')).toBeNull()
    })
    test('that failed keep nothing of the work they left behind', async () => {
      const { promise: gate, resolve: open } = Promise.withResolvers<void>()
      let late: Promise<void> = Promise.resolve()
      const failed = store.transaction([], async (inner) => {
        late = (async () => {
          await inner.meta.get('a')
          await gate
          await inner.meta.set('late', 'kept')
        })()
        throw new Error('too early')
      })
      await expect(failed).rejects.toThrow('too early')
      open()
      await expect(late).rejects.toThrow()
      expect(await store.meta.get('late')).toBeNull()
    })
  })

  describe('staging', () => {
    const joined = async (id: string) => (await store.staging.byIds(RUN, 'from', ids(id)))[0]

    test('keeps contacts in order of arrival with the order of their fields', async () => {
      const { staging } = store
      expect(
        await staging.addContacts(
          RUN,
          'from',
          ['c', 'a', 'b'].map((id) => staged(id, [])),
        ),
      ).toBe(3)
      expect(await staging.addContacts(RUN, 'to', [staged('c', [])])).toBe(1)
      const first = await staging.after(RUN, 'from', 0, 2)
      expect(first.map(({ sighting: one }) => one)).toEqual([sighting('c'), sighting('a')])
      expect(Object.keys(first[0]?.sighting.fields ?? {})).toEqual(
        Object.keys(sighting('c').fields),
      )
      const rest = await staging.after(RUN, 'from', first[1]?.seq ?? 0, 2)
      expect(rest.map(({ sighting: one }) => one.id)).toEqual(['b'])
      expect(await staging.count(RUN, 'from')).toBe(3)
      expect(await staging.after('none' as RunId, 'from', 0, 2)).toEqual([])
      expect(await staging.count('none' as RunId, 'from')).toBe(0)
      expect(await staging.byIds(RUN, 'from', [])).toEqual([])
    })
    test('keeps contacts with the same paths to the letter, and those with others among them', async () => {
      const { staging } = store
      const many = Array.from({ length: 40 }, (_, place) => {
        const fields = { givenName: `Ada ${place}`, notes: null, 'custom.Plan': ['a', 'b'] }
        const more = place % 10 === 3 ? { 'emails.1': `a${place}@x.de` } : {}
        return staged(`${place}`, [], {
          fields: { ...fields, ...(place % 2 === 0 ? { points: `${place}` } : {}), ...more },
          ...(place % 5 === 0 ? { tags: ['7'] } : {}),
        })
      })
      await staging.addContacts(RUN, 'from', many)
      const read = await staging.after(RUN, 'from', 0, 100)
      expect(read.map((row) => row.sighting)).toEqual(many.map((one) => one.sighting))
      expect(read.map((row) => Object.keys(row.sighting.fields))).toEqual(
        many.map((one) => Object.keys(one.sighting.fields)),
      )
      const two = await staging.byIds(RUN, 'from', ids('13', '2'))
      expect(two).toEqual([many[2]?.sighting, many[13]?.sighting])
    })
    test('tells which contacts were read, whatever other streams named', async () => {
      const { staging } = store
      await staging.addContacts(RUN, 'from', [staged('2', []), staged('1', [])])
      await staging.addMembers(RUN, 'from', 'tag', [{ contact: remoteId('3'), key: '7' }])
      expect(await staging.contactIds(RUN, 'from')).toEqual(['2', '1'])
      expect(await staging.contactIds(RUN, 'to')).toEqual([])
    })
    test('replaces a contact that is seen again, with what finds it', async () => {
      const { staging } = store
      const find = (...keys: string[]) => staging.byKeys(RUN, 'from', 'email', keys)
      await staging.addContacts(RUN, 'from', [staged('1', ['old@x.de']), staged('2', ['b@x.de'])])
      const [before] = await staging.after(RUN, 'from', 0, 1)
      const again = staged('1', ['new@x.de'], { version: 'v2' as never })
      expect(await staging.addContacts(RUN, 'from', [again, staged('3', ['b@x.de']), again])).toBe(
        1,
      )
      expect(await find('old@x.de', 'new@x.de')).toEqual([{ key: 'new@x.de', id: '1' }])
      expect(await find('b@x.de')).toEqual([
        { key: 'b@x.de', id: '2' },
        { key: 'b@x.de', id: '3' },
      ])
      const [after] = await staging.after(RUN, 'from', 0, 1)
      expect(after).toEqual({ seq: before?.seq, sighting: again.sighting })
      // Once asked for, what finds a contact is kept up.
      expect(await staging.addContacts(RUN, 'from', [staged('1', ['c@x.de', 'd@x.de'])])).toBe(0)
      expect(await find('new@x.de', 'c@x.de', 'd@x.de')).toEqual([
        { key: 'c@x.de', id: '1' },
        { key: 'd@x.de', id: '1' },
      ])
      expect(await staging.byKeys(RUN, 'from', 'marker', ['c@x.de'])).toEqual([])
      expect(await staging.byKeys(RUN, 'to', 'email', ['c@x.de'])).toEqual([])
    })
    test('finds by keys of any length and any characters', async () => {
      const odd = ['x'.repeat(9000), 'a\u0000b', '\ud800', "'; drop table runs; --", '{"a,b"}', '']
      for (const isLate of [false, true]) {
        const run = `odd-${isLate}` as RunId
        if (isLate) {
          await store.staging.addContacts(run, 'from', [staged('0', ['z'])])
          await store.staging.byKeys(run, 'from', 'email', ['z'])
        }
        await store.staging.addContacts(run, 'from', [staged('1', odd)])
        const found = await store.staging.byKeys(run, 'from', 'email', odd)
        expect(found.map(({ key }) => key).sort()).toEqual(odd.toSorted())
      }
    })
    test('says nothing about tags that no stream told', async () => {
      await store.staging.addContacts(RUN, 'from', [staged('1', [])])
      await store.staging.addMembers(RUN, 'from', 'tag', [{ contact: remoteId('1'), key: '5' }])
      expect(await joined('1')).toEqual(sighting('1'))
      await store.staging.markRead(RUN, 'from', 'group')
      expect(await joined('1')).toEqual({ ...sighting('1'), groups: [] })
    })
    test('joins tags and groups from their streams with those of the contact', async () => {
      const { staging } = store
      const own = staged('2', [], { tags: ['9', '5'], groups: ['g'] })
      await staging.addContacts(RUN, 'from', [staged('1', []), own])
      const tell = (kind: 'tag' | 'group', contact: string, key: string) =>
        staging.addMembers(RUN, 'from', kind, [{ contact: remoteId(contact), key }])
      for (const [contact, key] of ['1 7', '1 10', '1 7', '2 5', '2 1', '404 1'].map((text) =>
        text.split(' '),
      ))
        await tell('tag', contact ?? '', key ?? '')
      await tell('group', '1', 'g')
      await staging.markRead(RUN, 'from', 'tag')
      expect(await joined('1')).toEqual({ ...sighting('1'), tags: ['10', '7'] })
      expect(await joined('2')).toEqual({ ...own.sighting, tags: ['1', '5', '9'], groups: ['g'] })
      expect(await staging.memberIds(RUN, 'from')).toEqual(['1', '2', '404'])
      expect(await staging.memberIds(RUN, 'to')).toEqual([])
      await tell('tag', '1', '8')
      await tell('tag', '1', '7')
      expect((await joined('1'))?.tags).toEqual(['10', '7', '8'])
    })
    test('joins consents by contact and by each address', async () => {
      const { staging } = store
      const fields = {
        'emails.1': ' Anna@Example.org ',
        'emails.2': 'b@example.org',
        note: 'c@x.de',
      }
      const mine = consent({ channel: 'phone', address: null })
      const own = consent({ channel: 'post', state: 'granted' })
      await staging.addContacts(RUN, 'from', [
        staged('1', [], { fields }),
        staged('2', [], { consents: [own] }),
        staged('3', []),
      ])
      const anna = consent({ address: 'anna@example.org', since: '2026-01-01T00:00:00Z' })
      await staging.addConsents(RUN, 'from', [
        { owner: 'address:anna@example.org', consent: anna },
        { owner: 'address:anna@example.org', consent: anna },
        { owner: 'address:b@example.org', consent: consent({ reason: 'r'.repeat(9000) }) },
        { owner: 'address:c@x.de', consent: consent() },
        { owner: 'contact:1', consent: mine },
        { owner: 'contact:2', consent: own },
        { owner: 'contact:2', consent: mine },
      ])
      expect((await joined('1'))?.consents).toBeUndefined()
      // Told so far, complete or not.
      const about = await staging.consentsAbout(RUN, 'from', [sighting('9'), sighting('1')])
      expect(about[0]).toEqual([])
      expect(about[1]?.length).toBeGreaterThan(0)
      expect((await joined('2'))?.consents).toEqual([own])
      const apart = await staging.withConsents(RUN, 'from', [
        staged('8', [], { fields: { 'emails.1': 'ANNA@example.org' } }).sighting,
        staged('9', [], { consents: [own] }).sighting,
        staged('10', []).sighting,
      ])
      expect(apart.map(({ consents }) => consents)).toEqual([[anna], [own], undefined])
      // Told once more after it was asked for.
      await staging.addConsents(RUN, 'from', [
        { owner: 'contact:11', consent: own },
        { owner: 'contact:11', consent: own },
        { owner: 'contact:2', consent: own },
      ])
      const later = await staging.consentsAbout(RUN, 'from', [sighting('11'), sighting('2')])
      expect(later.map((consents) => consents.length)).toEqual([1, 2])
      await staging.markRead(RUN, 'from', 'consent')
      const told = (await joined('1'))?.consents ?? []
      expect(told).toHaveLength(3)
      expect(told).toEqual(expect.arrayContaining([anna, mine]))
      expect((await joined('2'))?.consents).toEqual([mine, own])
      expect((await joined('3'))?.consents).toEqual([])
    })
    test('forgets one side or both', async () => {
      const { staging } = store
      for (const side of ['from', 'to'] as const) {
        await staging.addContacts(RUN, side, [staged('1', ['k'])])
        await staging.addMembers(RUN, side, 'tag', [{ contact: remoteId('1'), key: '5' }])
        await staging.addConsents(RUN, side, [{ owner: 'contact:1', consent: consent() }])
      }
      await staging.addContacts('other' as RunId, 'to', [staged('1', [])])
      await staging.clear(RUN, 'from')
      expect(await staging.count(RUN, 'from')).toBe(0)
      expect(await staging.byKeys(RUN, 'from', 'email', ['k'])).toEqual([])
      expect(await staging.memberIds(RUN, 'to')).toEqual(['1'])
      expect(await staging.consentsAfter(RUN, 'to', '', 9)).toHaveLength(1)
      await staging.clear(RUN, null)
      expect(await staging.memberIds(RUN, 'to')).toEqual([])
      expect(await staging.consentsAfter(RUN, 'to', '', 9)).toEqual([])
      expect(await staging.count(RUN, 'to')).toBe(0)
      expect(await staging.count('other' as RunId, 'to')).toBe(1)
    })
    test('takes more rows at once than a statement has parameters', async () => {
      const many = Array.from({ length: 3500 }, (_, at) => staged(`m${at}`, [`k${at}`, `j${at}`]))
      expect(await store.staging.addContacts(RUN, 'from', many)).toBe(3500)
      const keys = many.map((_, at) => `k${at}`)
      expect(await store.staging.byKeys(RUN, 'from', 'email', keys)).toHaveLength(3500)
      const all = await store.staging.byIds(
        RUN,
        'from',
        many.map(({ sighting: one }) => one.id),
      )
      expect(all.map((one) => one.id)).toEqual(many.map(({ sighting: one }) => one.id))
    })
  })

  describe('links', () => {
    test('are found from both sides', async () => {
      expect(await store.links.save([link('1', 'x'), link('2', 'y', { toBase: 't' })])).toEqual([])
      await store.links.save([link('1', 'x', { sync: 'other' })])
      expect(await store.links.byFrom(SYNC, ids('1', '3'))).toEqual([link('1', 'x')])
      expect(await store.links.byTo(SYNC, ids('y'))).toEqual([link('2', 'y', { toBase: 't' })])
      expect(await store.links.count(SYNC)).toBe(2)
    })
    test('remember what one side shows without touching the other one', async () => {
      await store.links.save([link('1', 'x'), link('2', 'y', { toBase: 't' })])
      await store.links.saw(SYNC, 'to', [{ fromId: remoteId('2'), base: 'seen' }])
      await store.links.saw(SYNC, 'from', [{ fromId: remoteId('2'), base: 'here' }])
      await store.links.saw(SYNC, 'from', [{ fromId: remoteId('9'), base: 'nobody' }])
      expect(await store.links.byFrom(SYNC, ids('1', '2', '9'))).toEqual([
        link('1', 'x'),
        link('2', 'y', { fromBase: 'here', toBase: 'seen' }),
      ])
      const basesOf = (side: 'from' | 'to', ...wanted: string[]) =>
        store.links.basesOf(SYNC, side, ids(...wanted))
      expect(await basesOf('to', 'y', '2')).toEqual([{ id: 'y', fromId: '2', base: 'seen' }])
      expect(await basesOf('from', 'y', '2')).toEqual([{ id: '2', fromId: '2', base: 'here' }])
      await store.links.end(SYNC, ids('2'), 'parted')
      expect(await basesOf('from', '2')).toEqual([])
    })
    test('are one to one: what another has is not written, and answered', async () => {
      await store.links.save([link('1', 'x'), link('2', 'y')])
      const refused = await store.links.save([
        link('3', 'x'),
        link('2', 'y', { fromBase: 'new' }),
        link('4', 'z'),
        link('5', 'z'),
      ])
      expect(refused).toEqual([
        { fromId: '3', toId: 'x' },
        { fromId: '5', toId: 'z' },
      ])
      const kept = await store.links.byTo(SYNC, ids('x', 'y', 'z'))
      expect(
        kept.map(({ fromId, toId, fromBase }) => `${fromId} ${toId} ${fromBase}`).sort(),
      ).toEqual(['1 x f-packed', '2 y new', '4 z f-packed'])
    })
    test('move to another record, and what they left is free the next time', async () => {
      await store.links.save([link('1', 'x')])
      expect(await store.links.save([link('1', 'y'), link('2', 'x')])).toEqual([
        { fromId: '2', toId: 'x' },
      ])
      expect(
        await store.links.save([link('2', 'x'), link('1', 'y', { origin: 'merged' })]),
      ).toEqual([])
      expect(await store.links.byFrom(SYNC, ids('1'))).toEqual([
        link('1', 'y', { origin: 'merged' }),
      ])
      expect(await store.links.count(SYNC)).toBe(2)
    })
    test('end, are not found any more, and free both records', async () => {
      await store.links.save([link('1', 'x'), link('2', 'y')])
      await store.links.end(SYNC, ids('1'), 'deleted there')
      expect(await store.links.byFrom(SYNC, ids('1'))).toEqual([])
      expect(await store.links.byTo(SYNC, ids('x'))).toEqual([])
      expect(await store.links.save([link('1', 'z'), link('3', 'x')])).toEqual([])
      await store.links.end(SYNC, ids('1'), 'again')
      expect(await store.links.count(SYNC)).toBe(2)
    })
    test('are paged by from id as text, the same on every database', async () => {
      const texts = ['b', 'B', '10', '9', 'ä', '_', 'a-b', 'aa']
      await store.links.save(texts.map((text) => link(text, `to ${text}`)))
      const paged: string[] = []
      for (let after: RemoteId | null = null; ; ) {
        const page: readonly { fromId: RemoteId }[] = await store.links.page(SYNC, after, 3)
        if (page.length === 0) break
        paged.push(...page.map(({ fromId }) => fromId))
        after = page.at(-1)?.fromId ?? null
      }
      expect(paged).toEqual(['10', '9', 'B', '_', 'a-b', 'aa', 'b', 'ä'])
    })
  })

  describe('plans', () => {
    const all = { afterSeq: 0, untilSeq: null, limit: 99, states: null, buckets: null }
    const seqs = async (filter: object) =>
      (await store.plans.ops(PLAN, { ...all, ...filter })).map((stored) => stored.op.seq)

    test('appear once published, newest first', async () => {
      const later = header({ id: 'plan-2' as PlanId, sync: 'other', warnings: ['w'] })
      expect(await store.plans.header(PLAN)).toBeNull()
      await store.plans.publish(header())
      await store.plans.publish(later)
      await store.plans.publish(header({ hash: 'h2' }))
      expect(await store.plans.header(PLAN)).toEqual(header({ hash: 'h2' }))
      expect((await store.plans.list(null, 9)).map((plan) => plan.id)).toEqual(['plan-2', PLAN])
      expect(await store.plans.list('other', 9)).toEqual([later])
      expect(await store.plans.list(null, 1)).toEqual([later])
    })
    test('keep ops to the letter and filter them', async () => {
      const second = op(2, { bucket: 'update', toId: remoteId('t2') })
      await store.plans.addOps(PLAN, [op(1), second, op(3), op(4, { bucket: 'hold' })])
      const [first] = await store.plans.ops(PLAN, all)
      expect(await store.plans.opsAt(PLAN, [99, first?.op.seq ?? 0])).toEqual([first])
      expect(first).toEqual({ op: op(1), state: 'planned', attempts: 0, outcome: null })
      expect(JSON.stringify(first?.op)).toBe(JSON.stringify(op(1)))
      await store.plans.intend(PLAN, [1, 3])
      expect(await seqs({})).toEqual([1, 2, 3, 4])
      expect(await seqs({ afterSeq: 1, limit: 2 })).toEqual([2, 3])
      expect(await seqs({ afterSeq: 1, untilSeq: 3 })).toEqual([2, 3])
      expect(await seqs({ states: ['sent'] })).toEqual([1, 3])
      expect(await seqs({ states: ['planned'], buckets: ['update', 'delete'] })).toEqual([2])
      expect(await seqs({ buckets: [] })).toEqual([])
    })
    test('are read for settling as they are', async () => {
      await store.plans.addOps(PLAN, [op(1), op(2)])
      await store.transaction([], async (inner) => {
        expect(await inner.plans.lockedAt(PLAN, [2, 1])).toEqual(
          await inner.plans.opsAt(PLAN, [1, 2]),
        )
      })
    })
    test('keep fields of one path that were decided otherwise, and what few ops have', async () => {
      const ops = [
        op(1, {
          fields: [
            { path: 'givenName', after: 'A', risk: 'none', why: 'first' },
            { path: 'notes', before: null, after: ['x'], risk: 'overwrite', why: 'first' },
          ],
          partner: 2,
          groups: { add: [], remove: ['g'] },
        }),
        op(2, {
          fields: [
            { path: 'givenName', before: 'A', after: null, risk: 'destructive', why: 'second' },
            { path: 'givenName', after: 'B', risk: 'none', why: 'first' },
          ],
          ends: 'deleted',
          base: null,
        }),
      ]
      await store.plans.addOps(PLAN, ops)
      expect((await store.plans.ops(PLAN, all)).map((stored) => stored.op)).toEqual(ops)
    })
    test('are told by their hash', async () => {
      const other = 'plan-9' as PlanId
      const hash = await store.plans.addOps(PLAN, [op(1), op(2)])
      expect(await store.plans.addOps(other, [op(1), op(2)])).toBe(hash)
      for (const changed of [
        [op(2), op(1)],
        [op(1), op(2, { label: 'Somebody else' })],
        [op(1), op(2, { fields: [{ path: 'zeta', after: 'z', risk: 'fill', why: 'other' }] })],
      ]) {
        await store.plans.truncate(other, 0)
        expect(await store.plans.addOps(other, changed)).not.toBe(hash)
      }
    })
    test('count how often an op was sent and keep what became of it', async () => {
      await store.plans.addOps(PLAN, [op(1), op(2), op(3)])
      await store.plans.intend(PLAN, [1, 2])
      await store.plans.intend(PLAN, [1])
      const refused = { id: null, message: 'no', hint: 'ask', path: 'emails.1' }
      const applied = { ...DONE, id: remoteId('t1') }
      await store.plans.settle(PLAN, [
        { seq: 1, state: 'applied', outcome: applied },
        { seq: 2, state: 'rejected', outcome: refused },
      ])
      const stored = await store.plans.ops(PLAN, all)
      expect(stored.map(({ op: _, ...rest }) => rest)).toEqual([
        { state: 'applied', attempts: 2, outcome: applied },
        { state: 'rejected', attempts: 1, outcome: refused },
        { state: 'planned', attempts: 0, outcome: null },
      ])
      expect(await store.plans.countStates(PLAN)).toEqual([
        { bucket: 'create', state: 'applied', count: 1 },
        { bucket: 'create', state: 'planned', count: 1 },
        { bucket: 'create', state: 'rejected', count: 1 },
      ])
      expect(await store.plans.countStates('none' as PlanId)).toEqual([])
    })
    test('lose the ops of a planning slice that starts over', async () => {
      await store.plans.addOps(PLAN, [op(1), op(2), op(3)])
      await store.plans.truncate(PLAN, 1)
      await store.plans.addOps(PLAN, [op(2, { label: 'again' })])
      const stored = await store.plans.ops(PLAN, all)
      expect(stored.map((one) => one.op.label)).toEqual(['Person 1', 'again'])
    })
    test('tell every op of one record, newest plan first', async () => {
      const second = 'plan-2' as PlanId
      const about = { fromId: remoteId('f'), toId: remoteId('t') }
      await store.plans.addOps(PLAN, [op(1, about), op(2)])
      await store.plans.addOps(second, [op(1, about), op(2, { fromId: remoteId('t') })])
      await store.plans.addOps('unpublished' as PlanId, [op(1, about)])
      await store.plans.publish(header())
      await store.plans.publish(header({ id: second }))
      const found = async (side: 'from' | 'to', id: string, limit = 9) =>
        (await store.plans.opsOfRecord(SYNC, side, remoteId(id), limit)).map(
          ({ plan, op: stored }) => `${plan} ${stored.op.seq}`,
        )
      expect(await found('from', 'f')).toEqual(['plan-2 1', 'plan-1 1'])
      expect(await found('to', 't')).toEqual(['plan-2 1', 'plan-1 1'])
      expect(await found('from', 'f', 1)).toEqual(['plan-2 1'])
      expect(await store.plans.opsOfRecord('other', 'from', remoteId('f'), 9)).toEqual([])
    })
  })

  test('a plan knows how the records it repeats ended in an earlier one', async () => {
    const second = 'plan-2' as PlanId
    const about = (id: string) => ({ fromId: remoteId(id) })
    await store.plans.addOps(PLAN, [
      op(1, about('a')),
      op(2, about('b')),
      op(3, { ...about('c'), bucket: 'unchanged' }),
      op(4, about('d')),
    ])
    await store.plans.settle(PLAN, [{ seq: 2, state: 'rejected', outcome: DONE }])
    await store.plans.addOps(second, [
      op(1, { ...about('b'), bucket: 'update' }),
      op(2, about('c')),
      op(3, { ...about('d'), bucket: 'unchanged' }),
      op(4, about('e')),
      op(5, about('a')),
    ])
    const counted = await store.plans.repeated(second, PLAN)
    expect(counted.toSorted((one, two) => (one.state < two.state ? -1 : 1))).toEqual([
      { bucket: 'create', state: 'planned', count: 1 },
      { bucket: 'create', state: 'rejected', count: 1 },
    ])
  })

  test('the directory finds contacts by any of their addresses as they were read last', async () => {
    const { directory } = store
    const entry = (contact: string, ...addresses: string[]) => ({
      ...staged(contact, []),
      addresses,
    })
    const read = async (
      name: string,
      side: 'from' | 'to',
      isFull: boolean,
      contacts: readonly ReturnType<typeof entry>[],
      sync = SYNC,
    ) => {
      const run = name as RunId
      await store.staging.addContacts(run, side, contacts)
      await directory.enter(sync, { run, side, isFull })
    }
    const among = async (...hashes: string[]) =>
      (await directory.among(SYNC, 'from', hashes))
        .map(({ hash, contact }) => `${hash} ${contact}`)
        .sort()
    await read('one', 'from', true, [entry('1', 'a', 'b', 'a'), entry('2', 'b'), entry('3')])
    await read('one', 'to', true, [entry('9', 'a')])
    await read('two', 'from', true, [entry('8', 'a')], 'other')
    expect(await among('a', 'b', 'x')).toEqual(['a 1', 'b 1', 'b 2'])
    // Only some were read: the others stay as they were.
    await read('three', 'from', false, [entry('1', 'c'), entry('4', 'a')])
    expect(await among('a', 'b', 'c')).toEqual(['a 4', 'b 2', 'c 1'])
    // Read once more in the same scan.
    await read('three', 'from', false, [entry('1', 'd')])
    expect(await among('a', 'b', 'c', 'd')).toEqual(['a 4', 'b 2', 'd 1'])
    await directory.enter(SYNC, { run: 'of nothing' as RunId, side: 'from', isFull: false })
    expect(await among('a', 'b', 'c', 'd')).toEqual(['a 4', 'b 2', 'd 1'])
    await read('four', 'from', true, [entry('4', 'a')])
    expect(await among('a', 'b', 'c', 'd')).toEqual(['a 4'])
    await directory.enter(SYNC, { run: 'of nothing' as RunId, side: 'from', isFull: true })
    expect(await among('a', 'b', 'c', 'd')).toEqual([])
    expect(await directory.among(SYNC, 'to', ['a'])).toHaveLength(1)
    expect(await directory.among('other', 'from', ['a'])).toHaveLength(1)
  })

  test('joins wait per group until they are done, and are not added twice', async () => {
    const row = (group: string, contact: string, kind: 'add' | 'remove' = 'add') => ({
      group,
      contact: remoteId(contact),
      op: kind,
    })
    const { joins } = store
    await joins.add(PLAN, [
      row('g2', '1'),
      row('g1', '2'),
      row('g1', '1'),
      row('g1', '3', 'remove'),
    ])
    expect(await joins.pendingGroups(PLAN)).toEqual(['g1', 'g2'])
    expect(await joins.next(PLAN, 'g1', 2)).toEqual([row('g1', '1'), row('g1', '2')])
    await joins.done(PLAN, [row('g1', '1'), row('g1', '2'), row('g2', '1')])
    await joins.add(PLAN, [row('g1', '1')])
    expect(await joins.pendingGroups(PLAN)).toEqual(['g1'])
    expect(await joins.next(PLAN, 'g1', 9)).toEqual([row('g1', '3', 'remove')])
    expect(await joins.pendingGroups('none' as PlanId)).toEqual([])
  })

  test('the vocabulary keeps the last real key of each source', async () => {
    const entry = {
      side: 'to',
      kind: 'tag',
      source: '5',
      provisional: 'new:VIP',
      real: '17',
      document: { name: 'VIP' },
    } as const
    await store.vocabulary.save(SYNC, [entry, { ...entry, kind: 'group' }])
    await store.vocabulary.save(SYNC, [{ ...entry, real: '18', document: null }])
    expect(await store.vocabulary.list(SYNC)).toEqual([
      { ...entry, kind: 'group' },
      { ...entry, real: '18', document: null },
    ])
    expect(await store.vocabulary.list('other')).toEqual([])
  })

  describe('the journal', () => {
    test('keeps values before, and learns the id of what was created', async () => {
      await store.journal.add([journalEntry(1), journalEntry(2)])
      await store.journal.add([journalEntry(2, { kind: 'update', record: remoteId('t2') })])
      await store.journal.setRecord(PLAN, [{ seq: 1, record: remoteId('t1') }])
      expect(await store.journal.page(RUN, 0, 9)).toEqual([
        journalEntry(1, { record: remoteId('t1') }),
        journalEntry(2, { kind: 'update', record: remoteId('t2') }),
      ])
    })
    test('keeps what was there before the first try when an op is tried again', async () => {
      const values = (name: string) => ({ ...journalEntry(1).before, fields: { givenName: name } })
      await store.journal.add([journalEntry(1, { before: values('Ann'), at: 1 })])
      await store.journal.add([journalEntry(1, { before: values('Anna'), at: 2 })])
      expect(await store.journal.page(RUN, 0, 9)).toEqual([
        journalEntry(1, { before: values('Ann'), at: 1 }),
      ])
    })
    test('tells all that a run wrote to one record, and how much it wrote', async () => {
      const plan = 'plan-2' as PlanId
      const t1 = { record: remoteId('t1') }
      await store.journal.add([journalEntry(7, t1), journalEntry(8, { record: remoteId('t2') })])
      await store.journal.add([journalEntry(3, { ...t1, plan, kind: 'update' })])
      await store.journal.add([journalEntry(9, { ...t1, run: 'other' as RunId })])
      const found = await store.journal.ofRecords(RUN, 'to', ids('t1', 't3'))
      expect(found.map(({ plan: of, seq }) => `${of} ${seq}`)).toEqual(['plan-1 7', 'plan-2 3'])
      expect(await store.journal.ofRecords(RUN, 'from', ids('t1'))).toEqual([])
      expect(await store.journal.counts(RUN)).toEqual({ create: 2, update: 1, delete: 0 })
    })
    test('is paged by seq and leaves out nothing of a run with two plans', async () => {
      const second = 'plan-2' as PlanId
      await store.journal.add([1, 2, 3].map((seq) => journalEntry(seq)))
      await store.journal.add([2, 3].map((seq) => journalEntry(seq, { plan: second })))
      await store.journal.add([journalEntry(2, { run: 'other' as RunId, plan: 'p' as PlanId })])
      const page = async (after: number) =>
        (await store.journal.page(RUN, after, 2)).map(({ seq, plan }) => `${seq} ${plan}`)
      expect(await page(0)).toEqual(['1 plan-1', '2 plan-1', '2 plan-2'])
      expect(await page(2)).toEqual(['3 plan-1', '3 plan-2'])
      expect(await page(3)).toEqual([])
    })
  })

  test('cases are open once per record, keep their id, and close', async () => {
    const { cases } = store
    const list = (sync: string | null, limit = 9) => cases.list({ sync, kind: 'hold', limit })
    await cases.open([openCase('1'), openCase('2'), openCase('1', { kind: 'reject' })])
    const [first] = await list(SYNC)
    await cases.open([openCase('1', { cause: 'three now', openedAt: 5, updatedAt: 5 })])
    expect(first).toEqual({ ...openCase('1'), id: first?.id })
    expect((await list(null))[0]).toEqual({ ...first, cause: 'three now', updatedAt: 5 })
    expect(await list(SYNC, 1)).toHaveLength(1)
    expect(await list('other')).toEqual([])
    await cases.close(SYNC, 'hold', 'from', ids('1', '404'), 'linked')
    await cases.close(SYNC, 'hold', 'to', ids('2'), 'another side')
    expect((await list(SYNC)).map((one) => one.record)).toEqual(['2'])
    expect(await cases.count(SYNC, 'hold')).toBe(1)
    expect(await cases.count(SYNC, 'reject')).toBe(1)
    await cases.open([openCase('1')])
    expect((await list(SYNC)).map((one) => one.record)).toEqual(['2', '1'])
    expect((await list(SYNC)).map((one) => one.id)).not.toContain(first?.id)
  })

  test('open cases wait in line: whoever was looked at goes behind everybody else, and closed ones are gone', async () => {
    const { cases } = store
    const line = (limit = 9) => cases.waiting({ sync: SYNC, kind: 'hold', side: 'from', limit })
    await cases.open(['1', '2', '3', '4'].map((record) => openCase(record)))
    await cases.open([openCase('5', { kind: 'reject' }), openCase('6', { side: 'to' })])
    expect(await line()).toEqual(['1', '2', '3', '4'])
    expect(await line(2)).toEqual(['1', '2'])
    await cases.looked(SYNC, 'hold', 'from', ids('1', '2', '404'))
    expect(await line()).toEqual(['3', '4', '1', '2'])
    await cases.open([openCase('1', { cause: 'asked again' })])
    await cases.close(SYNC, 'hold', 'from', ids('3'), 'linked')
    expect(await line()).toEqual(['4', '1', '2'])
  })

  test('of what people decided, the newest answer about a record or a field lives, until it is over', async () => {
    const { rulings } = store
    const about = (record: string, field: string | null, choice: 'from' | 'skip' = 'from') => ({
      side: 'from' as const,
      record: remoteId(record),
      field,
      question: `q ${record}`,
      choice,
      who: 'anna',
      at: 7,
    })
    await rulings.keep(SYNC, [about('1', 'city'), about('1', null, 'skip'), about('2', 'city')])
    await rulings.keep('other', [about('1', 'city')])
    const list = async () =>
      (await rulings.list({ sync: SYNC, limit: 9 })).map(({ id: _, ...one }) => one)
    expect(await list()).toEqual(
      [about('1', 'city'), about('1', null, 'skip'), about('2', 'city')].map((one) => ({
        ...one,
        sync: SYNC,
        obeyedBy: null,
      })),
    )
    await rulings.keep(SYNC, [{ ...about('1', 'city'), question: 'q anew' }])
    const first = await rulings.among(SYNC, 'from', ids('1', '404'))
    expect(first.map(({ question }) => question)).toEqual(['q 1', 'q anew'])
    expect(await rulings.among(SYNC, 'to', ids('1'))).toEqual([])
    const [standing = '', over = ''] = first.map(({ id }) => id)
    await rulings.obeyed([standing], RUN)
    await rulings.obeyed([standing], 'later' as RunId)
    await rulings.end([over], 'settled')
    expect((await list()).map(({ record, obeyedBy }) => [record, obeyedBy])).toEqual([
      ['1', RUN],
      ['2', null],
    ])
    expect(await rulings.list({ sync: null, limit: 9 })).toHaveLength(3)
  })

  test('cursors are kept per stream and cleared per sync', async () => {
    const cursor = {
      sync: SYNC,
      side: 'from',
      stream: 'contacts',
      watermark: '2026-01-01 00:00:00',
      fingerprint: 'f',
      censusAt: null,
      run: RUN,
      updatedAt: 1,
    } as const
    await store.cursors.save(cursor)
    await store.cursors.save({ ...cursor, sync: 'other' })
    await store.cursors.save({ ...cursor, watermark: 'w2', censusAt: 9 })
    expect(await store.cursors.get(SYNC, 'from', 'contacts')).toEqual({
      ...cursor,
      watermark: 'w2',
      censusAt: 9,
    })
    expect(await store.cursors.get(SYNC, 'to', 'contacts')).toBeNull()
    await store.cursors.clear(SYNC)
    expect(await store.cursors.get(SYNC, 'from', 'contacts')).toBeNull()
    expect(await store.cursors.get('other', 'from', 'contacts')).not.toBeNull()
  })

  test('tombstones are found among ids of their side', async () => {
    const dead = {
      side: 'to',
      id: remoteId('2'),
      why: 'deleted',
      at: 1,
      kind: 'removed',
    } as const
    await store.tombstones.add(SYNC, [dead, { ...dead, id: remoteId('1') }])
    await store.tombstones.add(SYNC, [{ ...dead, why: 'again', kind: 'parted' }])
    expect(await store.tombstones.among(SYNC, 'to', ids('1', '2', '3'))).toEqual([
      { id: '1', why: 'deleted', kind: 'removed' },
      { id: '2', why: 'again', kind: 'parted' },
    ])
    expect(await store.tombstones.among(SYNC, 'from', ids('1'))).toEqual([])
    expect(await store.tombstones.among('other', 'to', ids('1'))).toEqual([])
    expect(await store.tombstones.remove(SYNC, 'from', ids('1', '2'))).toBe(0)
    expect(await store.tombstones.remove(SYNC, 'to', ids('2', '3'))).toBe(1)
    expect(await store.tombstones.among(SYNC, 'to', ids('1', '2'))).toHaveLength(1)
  })

  test('turns: counted while the same two values change places in time, begun anew by others, and forgotten', async () => {
    const turn = { record: remoteId('1'), slot: 's', pair: 'ab' }
    const counts = async (now: number) =>
      (await store.turns.among(SYNC, ids('1', '2'), now)).map(
        ({ record, slot, pair, count }) => `${record} ${slot} ${pair} ${count}`,
      )
    await store.turns.note(SYNC, [turn, { ...turn, slot: 'other' }], 10)
    await store.turns.note(SYNC, [turn], 20)
    await store.turns.note('another', [turn], 20)
    expect(await counts(20)).toEqual(['1 other ab 1', '1 s ab 2'])
    expect(await counts(15 + TURN_WINDOW_MS)).toEqual(['1 s ab 2'])
    await store.turns.note(SYNC, [{ ...turn, pair: 'ac' }], 30)
    expect(await counts(30)).toEqual(['1 other ab 1', '1 s ac 1'])
    await store.turns.note(SYNC, [{ ...turn, pair: 'ac' }], 31 + TURN_WINDOW_MS)
    expect(await counts(31 + TURN_WINDOW_MS)).toEqual(['1 s ac 1'])
    await store.turns.forget(SYNC, [{ record: turn.record, slot: 's' }])
    expect(await counts(0)).toEqual(['1 other ab 1'])
  })

  test('starts: one row for a person and a sequence of a sync, counted by the run that decided', async () => {
    const start = {
      sequence: '14',
      source: remoteId('1'),
      target: '3',
      contact: remoteId('t1'),
      state: 'sent',
      why: null,
      run: RUN,
      at: 1,
    } as const
    const other = { ...start, source: remoteId('2'), state: 'refused', why: 'opted out' } as const
    await store.starts.save(SYNC, start)
    await store.starts.save(SYNC, other)
    await store.starts.save('other', start)
    expect(await store.starts.open(SYNC, 9)).toEqual([start])
    await store.starts.save(SYNC, { ...start, state: 'unknown', at: 2 })
    expect(await store.starts.open(SYNC, 9)).toEqual([{ ...start, state: 'unknown', at: 2 }])
    await store.starts.save(SYNC, { ...start, state: 'done' })
    expect(await store.starts.open(SYNC, 9)).toEqual([])
    expect(await store.starts.among(SYNC, '14', ids('1', '2', '3'))).toEqual([
      { ...start, state: 'done' },
      other,
    ])
    expect(await store.starts.among(SYNC, '15', ids('1'))).toEqual([])
    const counted = { sequence: '14', target: '3', count: 1 }
    await store.starts.forget('other', '14', remoteId('1'))
    expect(await store.starts.counts(RUN)).toEqual([
      { ...counted, state: 'done' },
      { ...counted, state: 'refused' },
    ])
    await store.starts.forget(SYNC, '14', remoteId('1'))
    expect(await store.starts.among(SYNC, '14', ids('1', '2'))).toEqual([other])
  })

  test('notes: one row for a note of a sync, those that wait and those of a run in order', async () => {
    const note = {
      source: '7',
      contact: remoteId('1'),
      target: null,
      holder: null,
      state: 'waiting',
      hash: null,
      declined: null,
      why: null,
      run: RUN,
      at: 1,
    } as const
    const done = {
      ...note,
      source: '8',
      target: 't8',
      holder: remoteId('t1'),
      hash: 'h',
      declined: 'd',
    } as const
    await store.notes.save(SYNC, [note, { ...done, state: 'sent' }])
    await store.notes.save('other', [note])
    await store.notes.save(SYNC, [{ ...done, state: 'done' }])
    expect(await store.notes.among(SYNC, ['7', '8', '9'])).toEqual([
      note,
      { ...done, state: 'done' },
    ])
    expect(await store.notes.waiting(SYNC, '', 9)).toEqual([note])
    expect(await store.notes.waiting(SYNC, '7', 9)).toEqual([])
    expect(await store.notes.added(RUN, '', 9)).toEqual([{ ...done, state: 'done' }])
    expect(await store.notes.added(RUN, '8', 9)).toEqual([])
    await store.notes.forget('other', ['7'])
    expect(await store.notes.counts(RUN)).toEqual([
      { state: 'done', count: 1 },
      { state: 'waiting', count: 1 },
    ])
    await store.notes.forget(SYNC, ['7'])
    expect(await store.notes.waiting(SYNC, '', 9)).toEqual([])
  })

  test('companies: one row for a name of a sync, counted by the run that made it', async () => {
    const row = {
      name: 'acme',
      source: '7',
      target: null,
      state: 'planned',
      base: null,
      run: RUN,
      at: 1,
    } as const
    const there = { ...row, name: 'bolt', target: 't2', state: 'there' } as const
    await store.companies.save(SYNC, [row, there])
    await store.companies.save('other', [row])
    expect(await store.companies.among(SYNC, ['acme', 'bolt', 'none'])).toEqual([row, there])
    expect(await store.companies.created(RUN, 9)).toEqual({ count: 0, names: [] })
    const made = { ...row, target: 't1', state: 'done', base: { website: 'x1' } } as const
    await store.companies.save(SYNC, [made])
    expect(await store.companies.among(SYNC, ['acme'])).toEqual([made])
    expect(await store.companies.created(RUN, 9)).toEqual({ count: 1, names: ['acme'] })
    expect(await store.companies.created(RUN, 0)).toEqual({ count: 1, names: [] })
  })

  test('copies: those of a kind by their origin, until the run forgets what it read', async () => {
    const copy = { origin: '7', id: 't2', holder: remoteId('c1'), shown: 'x' } as const
    const other = { ...copy, id: 't1', holder: null } as const
    expect(await store.copies.of(RUN, 'note', ['7'])).toEqual([])
    await store.copies.add(RUN, 'note', [copy, other])
    await store.copies.add(RUN, 'note', [
      { ...copy, shown: 'again' },
      { ...copy, origin: '8' },
    ])
    await store.copies.add(RUN, 'company', [copy])
    expect(await store.copies.of(RUN, 'note', ['7', '9'])).toEqual([other, copy])
    expect(await store.copies.count(RUN, 'note')).toBe(3)
    await store.staging.clear(RUN, null)
    expect(await store.copies.of(RUN, 'note', ['7'])).toEqual([])
    expect(await store.copies.count(RUN, 'note')).toBe(0)
  })

  test('standings: bucket and state of the ops of a plan by source id', async () => {
    await store.plans.addOps(PLAN, [op(1, { fromId: remoteId('1') })])
    await store.plans.addOps(PLAN, [op(2, { bucket: 'hold', fromId: remoteId('2') })])
    await store.plans.intend(PLAN, [1])
    expect(await store.plans.standings(PLAN, ids('1', '2', '3'))).toEqual([
      { fromId: '1', bucket: 'create', state: 'sent' },
      { fromId: '2', bucket: 'hold', state: 'planned' },
    ])
  })

  test('records of a plan are told up to a place: what a killed try left behind it does not count', async () => {
    await store.plans.addOps(PLAN, [op(1, { fromId: remoteId('1') })])
    await store.plans.addOps(PLAN, [op(2, { fromId: remoteId('2'), toId: remoteId('t2') })])
    const about = (side: 'from' | 'to', untilSeq: number) =>
      store.plans.recordsAmong(PLAN, { side, ids: ids('1', '2', '3', 't2'), untilSeq })
    expect([...(await about('from', 2))].sort()).toEqual(['1', '2'])
    expect(await about('from', 1)).toEqual(['1'])
    expect(await about('to', 2)).toEqual(['t2'])
    expect(await about('to', 1)).toEqual([])
  })

  test('absences: links whose contact was not staged, noted once, forgotten when it is seen', async () => {
    await store.links.save([link('1', 't1'), link('2', 't2'), link('3', 't3')])
    await store.links.save([link('4', 't4', { sync: 'other' })])
    expect(await store.absences.unseen(SYNC, RUN, 'from', null, 9)).toEqual([])
    await store.staging.addContacts(RUN, 'from', [staged('2', [])])
    const unseen = await store.absences.unseen(SYNC, RUN, 'from', null, 9)
    expect(unseen.map(({ fromId }) => fromId)).toEqual(['1', '3'])
    expect(unseen[0]).toEqual(link('1', 't1'))
    expect(await store.absences.unseen(SYNC, RUN, 'from', remoteId('1'), 9)).toHaveLength(1)
    expect(await store.absences.unseen(SYNC, RUN, 'from', null, 1)).toHaveLength(1)
    await store.absences.note(SYNC, 'from', ids('1', '2'), { run: RUN, at: 5 })
    await store.absences.note(SYNC, 'from', ids('1', '3'), { run: 'run-other' as RunId, at: 9 })
    expect(await store.absences.among(SYNC, 'from', ids('1', '2', '3', '4'))).toEqual([
      { id: '1', run: RUN, at: 5 },
      { id: '2', run: RUN, at: 5 },
      { id: '3', run: 'run-other' as RunId, at: 9 },
    ])
    expect(await store.absences.among(SYNC, 'to', ids('1'))).toEqual([])
    await store.absences.clearSeen(SYNC, RUN, 'from')
    expect(
      (await store.absences.among(SYNC, 'from', ids('1', '2', '3'))).map(({ id }) => id),
    ).toEqual(['1', '3'])
    await store.absences.forget(SYNC, 'from', ids('3', '9'))
    await store.absences.forget(SYNC, 'to', ids('1'))
    expect(
      (await store.absences.among(SYNC, 'from', ids('1', '2', '3'))).map(({ id }) => id),
    ).toEqual(['1'])
  })

  test('what old runs wrote down of people is removed, and nothing of a run that is open', async () => {
    const named = {
      verify: { samples: ['Ann'] },
      differences: ['Ann'],
      companyDifferences: ['Acme'],
    }
    const old = { status: 'done', endedAt: 50, facts: named } as const
    await store.runs.create(runRecord(old))
    await store.runs.create(runRecord({ id: 'run-2' as RunId, sync: 'other' }))
    await store.plans.addOps(PLAN, [op(1), op(2)])
    await store.plans.publish(header())
    await store.journal.add([journalEntry(1), journalEntry(2, { run: 'run-2' as RunId })])
    await store.cases.open([openCase('1')])
    await store.cases.close(SYNC, 'hold', 'from', ids('1'), 'decided')
    const expires = Date.parse(header().expiresAt)
    const nothing = { runs: [], plans: 0, values: 0, cases: 0 }
    expect(await store.retention.prune({ before: 40, now: expires + 1 })).toEqual(nothing)
    expect(await store.retention.prune({ before: 60, now: expires + 1 })).toMatchObject({
      runs: [RUN],
      plans: 1,
      values: 3,
    })
    const without = { verify: { samples: [] }, differences: [], companyDifferences: [] }
    expect((await store.runs.get(RUN))?.facts).toEqual(without)
    expect(await store.journal.page('run-2' as RunId, 0, 9)).toHaveLength(1)
    expect(await store.plans.countStates(PLAN)).not.toEqual([])
    expect(await store.retention.prune({ before: 60, now: expires + 1 })).toEqual(nothing)
  })

  test('the audit tells the newest first', async () => {
    const entry = { at: 1, who: 'kim', what: 'approve', run: RUN, data: { plan: PLAN } }
    await store.audit.add(entry)
    await store.audit.add({ ...entry, what: 'stop', run: null, data: null })
    expect(await store.audit.list(9)).toEqual([
      { ...entry, what: 'stop', run: null, data: null },
      entry,
    ])
    expect(await store.audit.list(1)).toHaveLength(1)
  })
}
