/** Single parts, where a whole run would show a bug only by chance. */
import assert from 'node:assert/strict'
import { writtenOutcome } from '../../connectors/adaptix/outcomes.ts'
import { type Asker, readWindow } from '../../connectors/adaptix/pages.ts'
import { byOffset, firstMark } from '../../connectors/infusionsoft/mark.ts'
import { instantOf } from '../../connectors/infusionsoft/stamps.ts'
import { readAll } from '../../connectors/infusionsoft/table-reader.ts'
import type { TableRead } from '../../connectors/infusionsoft/table-query.ts'
import type { ContactWrite } from '../../src/connector/connector.ts'
import { httpOver } from '../../src/http/channel.ts'
import { withText } from '../../src/simulation/network.ts'
import { normEmail } from '../../src/model/email.ts'
import { norm } from '../../src/model/norm.ts'
import type { Fields } from '../../src/model/field.ts'
import { contact, edited, pairOf, planContext, round } from '../plan/world.ts'
import { elementHash } from '../../src/plan/slot-hash.ts'
import { mergeChoices } from '../../src/plan/choices.ts'
import { lookForCreates } from '../../src/pipeline/apply/look.ts'
import { observedState } from '../crash/observed-state.ts'
import type { Check } from './checks.ts'

const NEVER = new AbortController().signal
/** Whoever asks more often goes round in circles. */
const ASKED_MAX = 60

export const PART_CHECKS: Readonly<Record<string, Check>> = {
  'a stamp without an offset is of its zone': () => {
    assert.equal(
      instantOf('20260703T12:00:00', 'America/New_York', 'earlier'),
      '2026-07-03T16:00:00Z',
    )
    assert.equal(
      instantOf('20260103T12:00:00', 'America/New_York', 'earlier'),
      '2026-01-03T17:00:00Z',
    )
  },

  'spellings of one text have one normal form': () => {
    assert.equal(norm('text', 'Zoe\u0308 '), norm('text', 'Zo\u00eb'))
    assert.equal(normEmail(' ADA@Example.com'), 'ada@example.com')
  },

  'a value that the target spells its own way is no edit there': () => {
    const shout = (fields: Fields): Fields => ({ ...fields, givenName: 'ANNA' })
    const anna = contact('s1', { givenName: 'Anna' })
    const created = round(pairOf(planContext(), anna, null), shout)
    const changed = round(edited(created, 'source', { givenName: 'Anne' }))
    assert.deepEqual(
      changed.last?.fields.map(({ path, after }) => [path, after]),
      [['givenName', 'Anne']],
    )
  },

  'choices edited on both sides are merged one by one': () => {
    const was = new Set(['tea', 'chess'].map((choice) => elementHash('k', choice)))
    const nothing = { record: '', tags: null, groups: null, optOuts: new Set<string>() }
    const base = { ...nothing, fields: { likes: 'x' }, choices: { likes: was } }
    const sides = { here: ['tea', 'chess', 'go'], there: ['tea', 'jazz'] }
    assert.deepEqual(
      mergeChoices({ key: 'k', slot: 'likes', ...sides, fromBase: base, toBase: base }),
      ['tea', 'go', 'jazz'],
    )
  },

  'what is not seen at the first look is looked for again': async () => {
    let looks = 0
    const late = { id: 't1', fields: { marker: 'source:1' }, tags: [], groups: [], consents: [] }
    const reader = {
      capabilities: { find: ['marker'], findMax: 10, visibilityLagMs: 0 },
      find: async () => (++looks === 1 ? [] : [late]),
    }
    const none = { add: [], remove: [] }
    const op = {
      bucket: 'create',
      marker: 'source:1',
      fields: [],
      tags: none,
      groups: none,
      consents: [],
    }
    const job = { env: { clock: { sleep: async () => {} } }, signal: NEVER }
    const terms = { context: { mapping: { marker: { path: 'marker' } } } }
    const looked = await lookForCreates(
      job as never,
      terms as never,
      reader as never,
      [{ op }] as never,
    )
    assert.deepEqual([looked.absent.length, looked.endings.length], [0, 1])
  },

  'a page that comes again ends the scan with a reason': async () => {
    let asked = 0
    const rows = Array.from({ length: 10 }, (_, n) => ({ Id: n + 1 }))
    const client = {
      call: async () => {
        asked += 1
        if (asked > ASKED_MAX) throw new Error('the read goes round in circles')
        return rows
      },
    }
    const read = {
      client,
      table: 'Contact',
      key: 'Id',
      within: null,
      columns: ['Id'],
      filter: {},
      pageSize: 10,
      note: () => {},
      missing: async () => [],
    } as unknown as TableRead
    await assert.rejects(
      readAll(read, byOffset(firstMark(10)), NEVER),
      /every page with the same rows/,
    )
  },

  'an empty page in the middle is not the end of a table': async () => {
    const rows = Array.from({ length: 25 }, (_, at) => ({ Id: at + 1 }))
    let queries = 0
    const call = async (method: string, { queryData }: { queryData: { Id: string } }) => {
      const left = rows.filter(({ Id }) => Id > Number(queryData.Id.slice('~>~ '.length)))
      if (method === 'DataService.count') return left.length
      queries += 1
      if (queries > ASKED_MAX) throw new Error('it goes round in circles')
      return queries === 2 ? [] : left.slice(0, 10)
    }
    const read = {
      client: { call },
      table: 'Contact',
      key: 'Id',
      within: null,
      columns: ['Id'],
      filter: {},
      pageSize: 10,
      countsEnd: true,
      note: () => {},
      missing: async () => [],
    } as unknown as TableRead
    assert.equal((await readAll(read, firstMark(10), NEVER)).rows.length, rows.length)
  },

  'an empty page in the middle is not the end of a list': async () => {
    let asked = 0
    const ask: Asker = async ({ place }) => {
      asked += 1
      if (asked > ASKED_MAX) throw new Error('it goes round in circles')
      const after = place.kind === 'after' ? Number(place.id) : place.start
      const ids = Array.from({ length: 25 - after }, (_, at) => after + at + 1)
      const raw = (id: number) => ({
        id,
        fields: { all: {} },
        dateAdded: null,
        dateModified: null,
        tags: [],
        doNotContact: [],
      })
      const shown = asked === 2 ? [] : ids.slice(0, 10)
      const rows = shown.map((id) => [String(id), raw(id)] as const)
      const result = { rows, total: asked === 2 ? 0 : ids.length }
      return { result, status: 200, dateMs: null } as unknown as Awaited<ReturnType<Asker>>
    }
    const first = await readWindow(ask, { kind: 'after', id: '0' }, 10)
    const second = await readWindow(ask, first.next, 10)
    assert.deepEqual([second.contacts.length, second.isEnd], [10, false])
  },

  'an answer about another record is not believed': () => {
    const item = { op: 'update', id: '7', consents: [] } as unknown as ContactWrite
    const sighting = { id: '8', version: null, fields: {}, createdAt: null, updatedAt: null }
    const raw = {
      id: 8,
      fields: { all: {} },
      dateAdded: null,
      dateModified: null,
      tags: [],
      doNotContact: [],
    }
    const outcome = writtenOutcome(raw, { item, wasCreated: false }, () => sighting as never)
    assert.equal(outcome.kind, 'unknown')
  },

  'a dry run cannot write': async () => {
    const sent: unknown[] = []
    const clock = { now: () => 0, sleep: async () => {} }
    const log = { debug: () => {}, info: () => {}, warn: () => {} }
    const http = httpOver({
      clock,
      log,
      random: () => 0,
      transport: () => ({
        exchange: async (request) => {
          sent.push(request)
          return withText({ status: 200, headers: {}, dateMs: null, bytes: 2 }, '{}')
        },
        close: async () => {},
      }),
    })
    const channel = http.channel({
      name: 'target',
      url: 'http://127.0.0.1:1/',
      mayWrite: false,
      secrets: [],
      timeoutMs: 1_000,
      maxResponseBytes: 1_000,
      limits: { requestsPerSecond: 10, burst: 1, concurrency: 1 },
      requestsPerSecond: 10,
      burst: 1,
      concurrency: 1,
    } as never)
    const request = {
      method: 'POST',
      path: '/x',
      headers: {},
      body: '',
      effect: 'write',
      operation: 'x',
    } as const
    await assert.rejects(channel.send(request as never, NEVER), /dry run/)
    assert.deepEqual(sent, [])
    await channel.close()
  },

  'a lease has one holder': async () => {
    const state = await observedState(null, { now: () => 0 })
    const ask = (owner: string) =>
      state.store.leases.acquire({
        scope: 'slice',
        owner,
        now: 1,
        expiresAt: 100,
        mayTakeOver: () => false,
      })
    assert.equal((await ask('one')).kind, 'held')
    assert.equal((await ask('two')).kind, 'busy')
    await state.close()
  },

  'an old epoch writes nothing': async () => {
    const state = await observedState(null, { now: () => 0 })
    const take = (owner: string, now: number) =>
      state.store.leases.acquire({
        scope: 'slice',
        owner,
        now,
        expiresAt: now + 10,
        mayTakeOver: () => false,
      })
    const first = await take('one', 0)
    const second = await take('two', 50)
    assert.ok(first.kind === 'held' && second.kind === 'held')
    const late = state.store.transaction([first.fence], (store) => store.meta.set('late', 'yes'))
    await assert.rejects(late)
    assert.equal(await state.store.meta.get('late'), null)
    await state.close()
  },
}
