/** Reading everything while people edit: nobody is missed without being told, and a scan that cannot prove itself says so. */
import { describe, expect, test } from 'vitest'
import { seenIds } from '../../../connectors/xml-spec/seen-ids.ts'
import { lowerBound } from '../../../connectors/xml-spec/stamps.ts'
import type { Page } from '../../../src/connector/connector.ts'
import { scanAll, SIGNAL, sightingsIn, world, type World, ZONE } from './connection.ts'

const SMALL = { limits: { requestsPerSecond: 1000, pageSize: 10 } }
const MINUTE_MS = 60_000

function idsOf({ simulator }: World): string[] {
  return simulator
    .snapshot()
    .map(({ id }) => `91234/${id}`)
    .sort()
}

describe('a quiet account', () => {
  test('one pass proves itself and costs one request per page', async () => {
    const at = world({}, { contacts: 45, settings: SMALL })
    await at.clock.advance(MINUTE_MS)
    const scanned = await scanAll(at, 'contacts')
    expect([...sightingsIn(scanned).keys()].sort()).toEqual(idsOf(at))
    expect(scanned.isProven).toBe(true)
    expect(at.reads('GetContacts')).toBe(5)
    expect(scanned.pages[0]?.total).toBe(45)
  })

  test('an empty account is proven empty', async () => {
    const at = world({}, { contacts: 0 })
    const scanned = await scanAll(at, 'contacts')
    expect([scanned.rows.length, scanned.isProven]).toEqual([0, true])
  })

  // What the total counts, how an empty page looks and how many rows a page may have is documented nowhere.
  const totals = ['set', 'page', 'wrong'] as const
  const empties = ['list', 'error'] as const
  const caps = [0, 7] as const
  test.each(
    totals.flatMap((total) =>
      empties.flatMap((empty) => caps.map((cap) => [total, empty, cap] as const)),
    ),
  )(
    'total of the %s, empty page as %s, pages cut to %i',
    async (total, emptyResult, pageSizeMax) => {
      const at = world({ total, emptyResult, pageSizeMax }, { contacts: 43, settings: SMALL })
      await at.clock.advance(MINUTE_MS)
      const scanned = await scanAll(at, 'contacts')
      expect([...sightingsIn(scanned).keys()].sort()).toEqual(idsOf(at))
      expect(scanned.isProven).toBe(true)
    },
  )

  test.each([{ unsorted: true }, { collation: 'binary' }, { repeatPage: 2 }, { shortPage: 2 }])(
    '%j',
    async (quirks) => {
      const at = world(quirks, { contacts: 43, settings: SMALL })
      await at.clock.advance(MINUTE_MS)
      const scanned = await scanAll(at, 'contacts')
      expect([...sightingsIn(scanned).keys()].sort()).toEqual(idsOf(at))
      expect(scanned.isProven).toBe(true)
    },
  )

  test('a page that comes again and again ends the scan with the reason', async () => {
    const at = world({ repeatPage: 1, repeatTimes: 0 }, { contacts: 43, settings: SMALL })
    const stuck = { ...at, writer: stuckWriter(at) }
    await expect(scanAll(stuck, 'contacts')).rejects.toMatchObject({ kind: 'scan' })
  })
})

/** A server that always answers with page 0. */
function stuckWriter(at: World) {
  const { http } = at.kit
  const channel: typeof http.channel = (options) => {
    const inner = http.channel(options)
    return {
      ...inner,
      send: (request, signal) =>
        inner.send(
          {
            ...request,
            body: (request.body ?? '').replace(
              /start_chunk_page%3D%22\d+/,
              'start_chunk_page%3D%220',
            ),
          },
          signal,
        ),
    }
  }
  return at.reopen({ ...at.kit, http: { channel } })
}

describe('a moving account', () => {
  test.each(['all', 'rename', 'insert', 'delete'])('drift: %s', async (drift) => {
    for (const driftEvery of [1, 2, 3]) {
      const at = world({ driftEvery, drift }, { contacts: 60, settings: SMALL })
      const before = new Map(
        at.simulator.snapshot().map((one) => [`91234/${one.id}`, one.fields['UpdatedTimeStamp']]),
      )
      const scanned = await scanAll(at, 'contacts', { between: () => void at.clock.advance(1_000) })
      const seen = sightingsIn(scanned)
      const untouched = at.simulator
        .snapshot()
        .filter(({ id, fields }) => before.get(`91234/${id}`) === fields['UpdatedTimeStamp'])
      const missed = untouched.filter(({ id }) => !seen.has(`91234/${id}`))
      if (scanned.isProven) expect(missed).toEqual([])
      expect(scanned.pages.length).toBeLessThan(60)
    }
  })

  test('a deletion and an insertion that cancel out in the count do not prove a pass', async () => {
    const at = world({}, { contacts: 40, settings: SMALL })
    await at.clock.advance(MINUTE_MS)
    let done = false
    const scanned = await scanAll(at, 'contacts', {
      between: (page) => {
        if (done) return
        done = true
        const first = page.rows[0]
        if (first?.kind !== 'contact') throw new Error('no contact')
        // The row that moves up behind our back is missed by this pass; the new one takes its place in the count.
        at.act('DeleteContacts', { contacts: [{ contact_id: first.sighting.id.split('/')[1] }] })
        at.act('AddContacts', { contacts: [{ Lastname: 'Zzz' }] })
      },
    })
    const seen = sightingsIn(scanned)
    for (const id of idsOf(at)) expect(seen.has(id)).toBe(true)
    expect(scanned.isProven).toBe(true)
    expect(at.reads('GetContacts')).toBeGreaterThan(5)
  })

  test('a scan that never settles ends, unproven', async () => {
    const at = world({ driftEvery: 1, drift: 'rename' }, { contacts: 60, settings: SMALL })
    const scanned = await scanAll(at, 'contacts')
    expect(scanned.isProven).toBe(false)
    expect(scanned.pages.length).toBeLessThan(40)
  })
})

describe('resuming', () => {
  test('a position is text: another connection reads on, and proves by two passes', async () => {
    const at = world({}, { contacts: 45, settings: SMALL })
    await at.clock.advance(MINUTE_MS)
    const request = { stream: 'contacts', since: null, overlapMs: 0, fields: [] } as const
    const rows: Page['rows'][number][] = []
    let position: string | null = null
    let page: Page
    do {
      page = await at.clock.drive(at.open().scan({ ...request, position }, SIGNAL))
      rows.push(...page.rows)
      position = page.next
    } while (position !== null)
    expect(page.isProven).toBe(true)
    expect([...sightingsIn({ rows }).keys()].sort()).toEqual(idsOf(at))
    expect(rows).toHaveLength(90)
  })

  test('the same position may be asked for twice', async () => {
    const at = world({}, { contacts: 45, settings: SMALL })
    await at.clock.advance(MINUTE_MS)
    const request = { stream: 'contacts', since: null, overlapMs: 0, fields: [] } as const
    const first = await at.run((writer) => writer.scan({ ...request, position: null }, SIGNAL))
    const second = await at.run((writer) =>
      writer.scan({ ...request, position: first.next }, SIGNAL),
    )
    const again = await at.run((writer) =>
      writer.scan({ ...request, position: first.next }, SIGNAL),
    )
    expect(again).toEqual(second)
    const rest = await scanAll(at, 'contacts', { position: again.next })
    expect(rest.isProven).toBe(true)
  })

  test('rows of an answer that was thrown away do not count as seen', async () => {
    const at = world({}, { contacts: 45, settings: SMALL })
    await at.clock.advance(MINUTE_MS)
    let asked = 0
    const writer = at.reopen({
      ...at.kit,
      http: {
        channel: (options) => {
          const inner = at.kit.http.channel(options)
          return {
            ...inner,
            async send(request, signal) {
              const response = await inner.send(request, signal)
              const isPage = /start_chunk_page%3D%222/.test(request.body ?? '')
              asked += isPage ? 1 : 0
              if (!isPage || asked !== 2) return response
              // The page, asked for again, lacks all but its first contact.
              const { body } = response
              const end = body.indexOf('</Contact>') + '</Contact>'.length
              return {
                ...response,
                body: body.slice(0, end) + body.slice(body.indexOf('</Contacts>')),
              }
            },
          }
        },
      },
    })
    const request = { stream: 'contacts', since: null, overlapMs: 0, fields: [] } as const
    const rows: Page['rows'][number][] = []
    let position: string | null = null
    let page: Page
    do {
      page = await at.clock.drive(writer.scan({ ...request, position }, SIGNAL))
      if (asked === 1) page = await at.clock.drive(writer.scan({ ...request, position }, SIGNAL))
      rows.push(...page.rows)
      position = page.next
    } while (position !== null)
    expect(sightingsIn({ rows }).size).toBe(45)
    expect(page.isProven).toBe(true)
  })

  test('a foreign position is refused', async () => {
    const { run } = world()
    for (const position of ['5', '{"walk":"all"}', 'x'])
      await expect(
        run((writer) =>
          writer.scan(
            { stream: 'contacts', since: null, overlapMs: 0, fields: [], position },
            SIGNAL,
          ),
        ),
      ).rejects.toMatchObject({ kind: 'scan' })
  })
})

describe('since', () => {
  test('an incremental scan shows what changed, and costs a few requests', async () => {
    const at = world({}, { contacts: 60 })
    await at.clock.advance(60 * MINUTE_MS)
    const full = await scanAll(at, 'contacts')
    await at.clock.advance(60 * MINUTE_MS)
    at.act('EditContacts', { contacts: [{ contact_id: 1005, Notes: 'moved' }] })
    await at.clock.advance(MINUTE_MS)
    const before = at.reads('GetContacts')
    const delta = await scanAll(at, 'contacts', { since: full.high })
    // And whoever changed last before: that stamp is the bound.
    expect(sightingsIn(delta).has('91234/1005')).toBe(true)
    expect(sightingsIn(delta).size).toBeLessThanOrEqual(2)
    expect(delta.isProven).toBe(true)
    // Updated, unsubscribed, bounced, the page behind the first, and once the control question.
    expect(at.reads('GetContacts') - before).toBeLessThanOrEqual(5)
    expect(delta.high !== null && full.high !== null && delta.high > full.high).toBe(true)
  })

  test.each([true, false])('sinceInclusive %s loses no second', async (sinceInclusive) => {
    const at = world({ sinceInclusive }, { contacts: 20 })
    await at.clock.advance(60 * MINUTE_MS)
    const full = await scanAll(at, 'contacts')
    at.act('EditContacts', { contacts: [{ contact_id: 1003, Notes: 'in the same second' }] })
    const delta = await scanAll(at, 'contacts', { since: full.high, overlapMs: 0 })
    expect(sightingsIn(delta).has('91234/1003')).toBe(true)
  })

  test('an unsubscribe that does not move the stamp is seen all the same, with a bounce told as one', async () => {
    const at = world({}, { contacts: 30 })
    await at.clock.advance(60 * MINUTE_MS)
    const full = await scanAll(at, 'contacts')
    const open = at.simulator
      .snapshot()
      .filter(({ fields, optedOut }) => optedOut.length === 0 && fields['Email'] !== '')
    const [left, bounced] = open.map(({ id }) => Number(id))
    await at.clock.advance(60 * MINUTE_MS)
    at.act('UnsubscribeContacts', { contacts: [{ contact_id: left }] })
    at.simulator.byHand.bounce(bounced ?? 0)
    const delta = sightingsIn(await scanAll(at, 'contacts', { since: full.high }))
    expect(delta.get(`91234/${left}`)?.consents).toEqual([
      expect.objectContaining({ state: 'refused' }),
    ])
    expect(delta.get(`91234/${bounced}`)?.consents).toEqual([
      expect.objectContaining({ state: 'undeliverable' }),
    ])
  })

  test('the bound never passes the start of the scan', async () => {
    const at = world({}, { contacts: 30, settings: SMALL })
    await at.clock.advance(60 * MINUTE_MS)
    const start = '2026-11-20 13:00:00'
    let count = 0
    const scanned = await scanAll(at, 'contacts', {
      between: () => {
        void at.clock.advance(5 * MINUTE_MS)
        at.act('EditContacts', {
          contacts: [{ contact_id: 1001 + count++, Notes: 'while reading' }],
        })
      },
    })
    expect(scanned.high !== null && scanned.high < start).toBe(true)
  })

  test('in the hour that autumn repeats the bound goes back far enough', () => {
    // 01:30 comes twice on 1 November 2026; a change at the first 01:59:59 has a greater text than one at the second 01:00:00.
    expect(lowerBound('2026-11-01 01:30:00', 0, ZONE)).toBe('2026-11-01 00:29:59')
    expect(lowerBound('2026-11-01 03:05:00', 600_000, ZONE)).toBe('2026-11-01 02:54:59')
    expect(lowerBound('2026-03-08 03:05:00', 600_000, ZONE)).toBe('2026-03-08 01:54:59')
    expect(lowerBound('yesterday', 0, ZONE)).toBeNull()
  })

  test('stamps of the future are told: the zone is wrong', async () => {
    const at = world({ timeZone: 'Asia/Tokyo' }, { contacts: 10 })
    at.act('EditContacts', { contacts: [{ contact_id: 1001, Notes: 'now' }] })
    const { notes } = await scanAll(at, 'contacts')
    expect(notes).toEqual([expect.stringContaining('timeZone')])
  })
})

describe('consents', () => {
  test('everybody unsubscribed, everybody bounced, and who left one group', async () => {
    const at = world({ groupUnsubscribes: 7 }, { contacts: 80, settings: SMALL })
    const scanned = await scanAll(at, 'consents')
    const told = new Map<string, string[]>()
    for (const row of scanned.rows) {
      if (row.kind !== 'consent') throw new Error('another row')
      expect(row.consent.address).toBeNull()
      const words = row.consent.scope === null ? row.consent.state : `left ${row.consent.scope}`
      told.set(row.contact ?? '', [...(told.get(row.contact ?? '') ?? []), words])
    }
    for (const { id, fields } of at.simulator.snapshot()) {
      const states = told.get(`91234/${id}`) ?? []
      expect([id, states.includes('refused')]).toEqual([id, fields['Unsubscribed'] === '1'])
      expect([id, states.includes('undeliverable')]).toEqual([id, fields['Bounced'] === '1'])
    }
    expect([...told.values()].flat().some((words) => words.startsWith('left '))).toBe(true)
    expect(scanned.isProven).toBe(true)
  })

  test('an incremental scan reads from a day before', async () => {
    const at = world({}, { contacts: 40 })
    await at.clock.advance(60 * MINUTE_MS)
    const full = await scanAll(at, 'consents')
    const [open] = at.simulator
      .snapshot()
      .filter(({ fields, optedOut }) => optedOut.length === 0 && fields['Email'] !== '')
    at.act('UnsubscribeContacts', { contacts: [{ contact_id: open?.id }] })
    const delta = await scanAll(at, 'consents', { since: full.high })
    expect(delta.rows.map((row) => row.kind === 'consent' && row.contact)).toContain(
      `91234/${open?.id}`,
    )
    expect(delta.rows.length).toBeLessThan(full.rows.length)
  })
})

describe('groupings', () => {
  test('exist only where they are asked for', () => {
    const at = world()
    expect(at.writer.capabilities.streams.groupings).toBeUndefined()
    expect(at.open({ options: { groupings: true } }).capabilities.streams.groupings).toBeDefined()
  })

  test('are all memberships, group by group', async () => {
    const at = world({}, { contacts: 60, settings: { ...SMALL, options: { groupings: true } } })
    const scanned = await scanAll(at, 'groupings')
    const groups = (await at.run((writer) => writer.catalog(SIGNAL))).groups
    const nameOf = new Map(groups.map(({ key, name }) => [key, name]))
    const told = scanned.rows.map((row) =>
      row.kind === 'grouping' ? `${row.contact} ${nameOf.get(row.group)}` : 'another row',
    )
    const truth = at.simulator
      .snapshot()
      .flatMap(({ id, groups: names }) => names.map((name) => `91234/${id} ${name}`))
    expect([...new Set(told)].sort()).toEqual(truth.sort())
    expect(scanned.isProven).toBe(true)
  })

  test('tags have no stream of their own', async () => {
    await expect(scanAll(world(), 'taggings')).rejects.toMatchObject({ kind: 'unsupported' })
  })
})

test('a set of ids stays exact and small', () => {
  const seen = seenIds()
  for (let id = 1; id <= 100_000; id += 1) seen.add(`91234/${id}`)
  for (let id = 1; id <= 100_000; id += 7) seen.add(`91234/${id}`)
  seen.add('5/1')
  seen.add('?somebody without an id')
  seen.add('?somebody without an id')
  expect(seen.size).toBe(100_002)
})
