/** What an undo makes of one record: every case of what can have become of it. */
import { describe, expect, it } from 'vitest'
import type { Capabilities } from '../../src/connector/capabilities.ts'
import type { Consent } from '../../src/model/consent.ts'
import type { Fields } from '../../src/model/field.ts'
import { type RunId, remoteId } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import { packBase, unpackBase } from '../../src/plan/base.ts'
import type { Op } from '../../src/plan/op.ts'
import { emptyTally } from '../../src/plan/tally.ts'
import { decideUndo, undoGuards } from '../../src/plan/undo.ts'
import {
  EDITED,
  type UndoContext,
  type UndoFacts,
  undoOp,
  type Written,
} from '../../src/plan/undo-facts.ts'
import { CAPABILITIES } from './world.ts'

const CAN: Capabilities = { ...CAPABILITIES, remove: 'delete' }
const CONTEXT: UndoContext = {
  run: 'run-1' as RunId,
  side: 'to',
  key: 'secret',
  capabilities: CAN,
  typeOf: (path) => (path === 'custom.lost' ? null : path === 'phones.main' ? 'phone' : 'text'),
  fit: (_path, value) => ({ kind: 'ok', value }),
  element: (_kind, key) => (key === 'vanished' ? null : key.replace('new:', '')),
}
const DONE_AT = Date.parse('2026-11-01T10:00:00Z')
const MINUTE = 60_000
const REFUSED: Consent = {
  channel: 'email',
  address: null,
  state: 'refused',
  reason: null,
  scope: null,
  since: null,
}

const NOTHING = { fields: {}, tags: [], groups: [], optedOut: [] }
const OP = undoOp(
  CONTEXT,
  {
    id: remoteId('t1'),
    partner: remoteId('f1'),
    writes: [{ op: { label: 'Anna', fromId: remoteId('f1') } as Op }],
  } as unknown as UndoFacts,
  { bucket: 'update', cause: '' },
)

function created(after: Fields, more: Partial<Op> = {}): Written {
  const op: Op = { seq: 1, ...OP, bucket: 'create', ...more }
  return {
    kind: 'create',
    op,
    before: NOTHING,
    after,
    isFull: true,
    wasThere: false,
    at: DONE_AT - 5 * MINUTE,
  }
}
function updated(before: Fields, after: Fields, more: Partial<Written> = {}): Written {
  const told = { ...NOTHING, fields: before }
  return { ...created(after), kind: 'update', op: { seq: 1, ...OP }, before: told, ...more }
}
function shows(fields: Fields, more: Partial<Sighting> = {}): UndoFacts['now'] {
  const stamps = { createdAt: '2026-11-01T09:55:00Z', updatedAt: '2026-11-01T09:56:00Z' }
  const sighting = { id: remoteId('t1'), version: null, ...stamps, fields, tags: [], ...more }
  return { kind: 'found', sighting }
}
function facts(
  writes: UndoFacts['writes'],
  now: UndoFacts['now'],
  more: Partial<UndoFacts> = {},
): UndoFacts {
  const ids = { id: remoteId('t1'), partner: remoteId('f1') }
  return { ...ids, writes, now, base: null, endedAt: DONE_AT, ...more }
}
const decide = (given: UndoFacts, capabilities: Partial<Capabilities> = {}) =>
  decideUndo({ ...CONTEXT, capabilities: { ...CAN, ...capabilities } }, given)

describe('a contact that the run created', () => {
  const write = created({ givenName: 'Anna', 'phones.main': '0123' })
  const asWritten = { givenName: 'Anna', 'phones.main': '0123', points: '0' }

  it('is removed with all it shows', () => {
    expect(decide(facts([write], shows(asWritten)))).toMatchObject({
      bucket: 'delete',
      risk: 'irreversible',
      fromId: 'f1',
      toId: 't1',
      fields: Object.entries(asWritten).map(([path, before]) => ({ path, before, after: null })),
    })
  })
  it('stays where a value is another one now', () => {
    expect(decide(facts([write], shows({ ...asWritten, givenName: 'Ann' })))).toMatchObject({
      bucket: 'excluded',
      cause: EDITED,
      losses: [{ field: 'givenName', before: 'Ann' }],
    })
  })
  it('is removed although the target rewrote a value, as the base of that run tells', () => {
    const shown = new Map([['givenName', 'ANNA']])
    const packed = packBase('secret', {
      fields: shown,
      record: [],
      tags: null,
      groups: null,
      optOuts: [],
    })
    const now = shows({ ...asWritten, givenName: 'ANNA' })
    expect(decide(facts([write], now, { base: unpackBase(packed) }))?.bucket).toBe('delete')
    expect(decide(facts([write], now))?.bucket).toBe('excluded')
  })
  it('stays where somebody tagged it', () => {
    const tagged = created({}, { tags: { add: ['new:ours'], remove: [] } })
    expect(decide(facts([tagged], shows({}, { tags: ['ours'] })))?.bucket).toBe('delete')
    expect(decide(facts([tagged], shows({}, { tags: ['ours', 'theirs'] })))).toMatchObject({
      bucket: 'excluded',
      losses: [{ field: 'tags', before: 'theirs' }],
    })
  })
  it('stays where the person opted out since, and goes with an opt-out of the run', () => {
    const now = shows({}, { consents: [REFUSED] })
    expect(decide(facts([created({})], now))).toMatchObject({
      bucket: 'excluded',
      losses: [{ field: 'consent.email', cause: 'opted out since the run' }],
    })
    expect(decide(facts([created({}, { consents: [REFUSED] })], now))?.bucket).toBe('delete')
  })
  it('stays where the account says that it was changed after the run, whatever was changed', () => {
    const at = (updatedAt: string) =>
      decide(facts([write], shows(asWritten, { updatedAt })))?.bucket
    expect(at('2026-11-01T10:00:30Z')).toBe('delete')
    expect(at('2026-11-01T10:02:00Z')).toBe('excluded')
  })
  it('stays, where there are no stamps, once it shows what the run did not write', () => {
    const now = (fields: Fields) => shows(fields, { createdAt: null, updatedAt: null })
    const { points: _, ...written } = asWritten
    expect(decide(facts([write], now(written)))?.bucket).toBe('delete')
    expect(decide(facts([write], now({ ...written, notes: 'met her' })))?.bucket).toBe('excluded')
  })
  it('is not removed when it is older than the run: the account had given the create to it', () => {
    const now = shows(asWritten, { createdAt: '2025-01-01T00:00:00Z' })
    expect(decide(facts([write], now))).toMatchObject({
      bucket: 'reject',
      cause: expect.stringContaining('was there before the run'),
    })
  })
  it('is not removed when the account said that a contact of its own took the create', () => {
    const given = facts([{ ...write, wasThere: true }], shows(asWritten))
    expect(decide(given)).toMatchObject({ bucket: 'reject' })
  })
  it('cannot be removed where no contact can', () => {
    const given = facts([write], shows(asWritten))
    expect(decide(given, { remove: false })).toMatchObject({ bucket: 'reject' })
  })
  it('that is gone only has its link ended, once', () => {
    const gone = { kind: 'gone' } as const
    expect(decide(facts([write], gone))).toMatchObject({ bucket: 'delete', fields: [] })
    expect(decide(facts([write], gone, { partner: null }))).toBeNull()
  })
  it('is judged by the last that the run wrote to it', () => {
    const later = updated({ givenName: 'Anna' }, { givenName: 'Anne' })
    const now = shows({ ...asWritten, givenName: 'Anne' })
    expect(decide(facts([write, later], now))?.bucket).toBe('delete')
  })
  it.each([
    [{ kind: 'merged', into: remoteId('t9') }, 'excluded'],
    [{ kind: 'inconclusive', message: 'forbidden' }, 'reject'],
    [{ kind: 'lost' }, 'reject'],
  ] as const)('%o ends as %s', (now, bucket) => {
    expect(decide(facts([write], now))?.bucket).toBe(bucket)
  })
  it('that never came to be is nothing', () => {
    expect(decide(facts([write], { kind: 'never' }))).toBeNull()
  })
})

describe('a contact that was there before', () => {
  it('gets its values back, with what it shows now as the expectation', () => {
    const write = updated({ company: 'Old', jobTitle: null }, { company: 'New', jobTitle: 'Boss' })
    expect(decide(facts([write], shows({ company: 'New', jobTitle: 'Boss' })))).toMatchObject({
      bucket: 'update',
      risk: 'destructive',
      fields: [
        { path: 'company', before: 'New', after: 'Old', risk: 'overwrite' },
        { path: 'jobTitle', before: 'Boss', after: null, risk: 'destructive' },
      ],
      losses: [],
    })
  })
  it('keeps what somebody edited since, and the rest goes back', () => {
    const write = updated({ company: 'Old', jobTitle: 'A' }, { company: 'New', jobTitle: 'B' })
    expect(decide(facts([write], shows({ company: 'Theirs', jobTitle: 'B' })))).toMatchObject({
      bucket: 'update',
      fields: [{ path: 'jobTitle', after: 'A' }],
      losses: [{ field: 'company', cause: EDITED, before: 'Theirs' }],
    })
  })
  it('keeps an address whole where somebody edited a part of it', () => {
    const city = 'addresses.main.city'
    const line = 'addresses.main.line1'
    const write = updated({ [city]: 'Bonn', [line]: 'A 1' }, { [city]: 'Ulm', [line]: 'B 2' })
    expect(decide(facts([write], shows({ [city]: 'Ulm', [line]: 'C 3' })))).toMatchObject({
      bucket: 'excluded',
      fields: [],
      losses: [{ field: line }, { field: city }],
    })
  })
  it('is left alone where all is as before already', () => {
    const write = updated({ company: 'Old' }, { company: 'New' })
    expect(decide(facts([write], shows({ company: 'Old' })))).toBeNull()
  })
  it('goes back to before the first of two writes', () => {
    const writes = [
      updated({ company: 'First' }, { company: 'Second' }),
      updated({ company: 'Second' }, { company: 'Third' }),
    ] as const
    expect(decide(facts(writes, shows({ company: 'Third' })))?.fields).toMatchObject([
      { before: 'Third', after: 'First' },
    ])
  })
  it('keeps its opt-out, whatever the platform could do', () => {
    const op: Op = { seq: 1, ...OP, consents: [REFUSED] }
    const consent = { ...CAN.consent, optOutReversible: true, optIn: true }
    const now = shows({}, { consents: [REFUSED] })
    expect(decide(facts([updated({}, {}, { op })], now), { consent })).toMatchObject({
      bucket: 'excluded',
      consents: [],
      losses: [{ field: 'consent.email', cause: expect.stringContaining('never taken back') }],
    })
  })
  it('loses the tags that the run added and gets back those that it took off', () => {
    const op: Op = { seq: 1, ...OP, tags: { add: ['new:a', 'b'], remove: ['c', 'vanished'] } }
    const before = { ...NOTHING, tags: ['b', 'c', 'vanished'] }
    const given = facts([updated({}, {}, { op, before })], shows({}, { tags: ['a', 'b', 'mine'] }))
    // It had b before, so b is not the run's to take off.
    expect(decide(given)).toMatchObject({
      bucket: 'update',
      tags: { add: ['c'], remove: ['a'] },
      losses: [{ field: 'tags', cause: 'the tag is gone', before: 'vanished' }],
    })
    expect(decide(given, { tags: { ...CAN.tags, remove: false } })).toMatchObject({
      tags: { add: ['c'], remove: [] },
      losses: [{ before: 'vanished' }, { cause: 'a tag cannot be taken off there', before: 'a' }],
    })
  })
  it('stays in a group where nobody knows whether it was in it before', () => {
    const op: Op = { seq: 1, ...OP, groups: { add: ['g'], remove: [] } }
    const before = { ...NOTHING, groups: null }
    const given = (isFull: boolean) =>
      facts([updated({}, {}, { op, before, isFull })], shows({}, { groups: ['g'] }))
    expect(decide(given(true))?.groups).toEqual({ add: [], remove: ['g'] })
    expect(decide(given(false))).toMatchObject({ bucket: 'excluded', groups: { remove: [] } })
  })
  it('keeps a value where the target cannot be given an empty one, or the field is gone', () => {
    const update = { batchMax: 1, conditional: false, clears: false }
    const write = updated(
      { company: null, 'custom.lost': 'x' },
      { company: 'New', 'custom.lost': 'y' },
    )
    expect(decide(facts([write], shows({ company: 'New' })), { update })).toMatchObject({
      bucket: 'excluded',
      losses: [{ field: 'company' }, { field: 'custom.lost' }],
    })
  })
  it('gets back what the target takes of a value that it shows and would not take again', () => {
    const write = updated({ notes: '<b>x</b>' }, { notes: 'New' })
    const context: UndoContext = {
      ...CONTEXT,
      fit: () => ({ kind: 'loss', value: 'x', cause: 'markup is removed' }),
    }
    expect(decideUndo(context, facts([write], shows({ notes: 'New' })))).toMatchObject({
      fields: [{ after: 'x' }],
      losses: [{ cause: 'markup is removed', before: '<b>x</b>', after: 'x' }],
    })
  })
  it('that was removed since has nothing to restore', () => {
    const write = updated({ company: 'Old' }, { company: 'New' })
    expect(decide(facts([write], { kind: 'gone' }))).toMatchObject({ bucket: 'excluded' })
  })
})

it('a contact that the run removed does not come back', () => {
  const write: Written = { ...updated({ company: 'Old' }, {}), kind: 'delete' }
  expect(decide(facts([write], { kind: 'gone' }))).toMatchObject({ bucket: 'reject' })
})

it('an undo removes no more than the run created', () => {
  const tally = emptyTally()
  tally.counts.delete = 3
  expect(undoGuards(tally, 3)).toMatchObject([{ name: 'deletes', ok: true }])
  expect(undoGuards(tally, 2)).toMatchObject([{ name: 'deletes', ok: false }])
})
