/** A scan misses nobody: whatever the version, the shape of a list, a record that cannot be shown or a server that does not filter. */
import { describe, expect, it } from 'vitest'
import { SETTLE_MS } from '../../../connectors/adaptix/scan.ts'
import type { Page, Reader, ScanRequest } from '../../../src/connector/connector.ts'
import type { HttpRequest } from '../../../src/connector/kit.ts'
import { script, signal, START_MS, stage } from './account.ts'

interface Scanned {
  readonly ids: string[]
  readonly groupings: string[]
  readonly broken: (string | null)[]
  readonly notes: string[]
  readonly last: Page
  readonly pages: number
}

async function scanAll(reader: Reader, more: Partial<ScanRequest> = {}): Promise<Scanned> {
  const ids: string[] = []
  const groupings: string[] = []
  const broken: (string | null)[] = []
  const notes: string[] = []
  let position: string | null = null
  for (let pages = 1; ; pages++) {
    const request = {
      stream: 'contacts' as const,
      since: null,
      overlapMs: 0,
      fields: [],
      ...more,
      position,
    }
    const page = await reader.scan(request, signal)
    for (const row of page.rows) {
      if (row.kind === 'contact') ids.push(row.sighting.id)
      if (row.kind === 'grouping') groupings.push(`${row.contact} in ${row.group}`)
    }
    broken.push(...page.broken.map(({ id }) => id))
    notes.push(...page.notes)
    if (page.next === null) return { ids, groupings, broken, notes, last: page, pages }
    position = page.next
    if (pages > 200) throw new Error('the scan does not end')
  }
}

const ascending = (count: number) => Array.from({ length: count }, (_, at) => String(at + 1))

/** Of the pages from that one on, so many show nobody. */
function emptied(lie: { from: number; times: number; keepsTotal: boolean }) {
  let lists = 0
  return stage({
    contacts: 50,
    settings: { limits: { pageSize: 10 } },
    instead: ({ method, url }, honest) => {
      if (method !== 'GET' || !url.startsWith('/api/contacts?')) return null
      lists += 1
      if (lists < lie.from || lists >= lie.from + lie.times) return null
      const { total } = JSON.parse(honest.body) as { total: unknown }
      return {
        ...honest,
        body: JSON.stringify({ total: lie.keepsTotal ? total : 0, contacts: [] }),
      }
    },
  })
}

describe('a full scan', () => {
  it.each(['2.16', '3.3', '4.4', '5.1', '5.2', '6.0', '7.0'])(
    'sees everybody once, on %s',
    async (version) => {
      const { reader, requests } = stage({ contacts: 430, quirks: { version } })
      const seen = await scanAll(reader)
      expect(seen.ids).toEqual(ascending(430))
      expect(seen.last).toMatchObject({ isProven: true, total: 430 })
      expect(seen.last.high).toBe('2026-03-01T07:59:30Z')
      expect(requests).toHaveLength(3)
      for (const { url } of requests) expect(url).toContain('orderBy=id&orderByDir=asc')
    },
  )

  it.each([
    { times: 1, keepsTotal: false },
    { times: 1, keepsTotal: true },
    { times: 3, keepsTotal: true },
  ])(
    'does not end at an empty page in the middle ($times times, total told: $keepsTotal)',
    async ({ times, keepsTotal }) => {
      const { reader } = emptied({ from: 2, times, keepsTotal })
      const seen = await scanAll(reader)
      expect(seen.ids).toEqual(ascending(50))
      expect(seen.last.isProven).toBe(true)
    },
  )

  it('has failed when the server tells of more and never shows it', async () => {
    const { reader } = emptied({ from: 2, times: 99, keepsTotal: true })
    await expect(scanAll(reader)).rejects.toMatchObject({
      kind: 'scan',
      message: expect.stringMatching(/tells of \d+ contacts above id \d+ and shows none/),
    })
  })

  it('ends an empty account when it was asked for twice, in both spellings of nothing', async () => {
    for (const emptyListAs of ['object', 'array']) {
      const { reader, requests } = stage({ quirks: { emptyListAs } })
      const seen = await scanAll(reader)
      expect([seen.ids, seen.last.isProven, requests.length]).toEqual([[], true, 2])
    }
  })

  it('asks the same page twice and gets the same', async () => {
    const { reader } = stage({ contacts: 30, settings: { limits: { pageSize: 10 } } })
    const request = {
      stream: 'contacts' as const,
      since: null,
      overlapMs: 0,
      fields: [],
      position: null,
    }
    const first = await reader.scan(request, signal)
    const next = { ...request, position: first.next }
    expect(await reader.scan(next, signal)).toEqual(await reader.scan(next, signal))
  })

  it('is not moved by people who are deleted or added meanwhile', async () => {
    const { reader, ask } = stage({ contacts: 30, settings: { limits: { pageSize: 10 } } })
    const request = { stream: 'contacts' as const, since: null, overlapMs: 0, fields: [] }
    const first = await reader.scan({ ...request, position: null }, signal)
    ask('DELETE', '/contacts/3/delete')
    ask('DELETE', '/contacts/15/delete')
    ask('POST', '/contacts/new', { email: 'late@x.test' })
    const rest: string[] = []
    for (let position = first.next; position !== null; ) {
      const page = await reader.scan({ ...request, position }, signal)
      rest.push(...page.rows.map((row) => (row.kind === 'contact' ? row.sighting.id : '')))
      position = page.next
    }
    expect(rest).toEqual([
      ...ascending(31)
        .slice(10)
        .filter((id) => id !== '15'),
    ])
  })

  it('sees the own-records restriction only in the check', async () => {
    const { reader } = stage({ contacts: 25, quirks: { ownRecordsOnly: true } })
    expect((await scanAll(reader)).ids).toEqual(ascending(25))
    const { warnings } = await reader.check(signal)
    expect(warnings.map(({ message }) => message).join()).toContain('limited to its own records')
  })

  it('goes on after a page that a gateway or a broken line spoilt', async () => {
    for (const quirks of [{ truncateEvery: 3 }, { htmlEvery: 3 }]) {
      const { reader } = stage({ contacts: 45, quirks, settings: { limits: { pageSize: 10 } } })
      const seen = await scanAll(reader)
      expect(seen.ids).toEqual(ascending(45))
      expect(seen.broken).toEqual([])
    }
  })

  it('leaves anonymous visitors out when told so', async () => {
    const { reader, ask } = stage({ settings: { options: { skipAnonymous: true } } })
    ask('POST', '/contacts/new', { city: 'Oslo' })
    ask('POST', '/contacts/new', { email: 'ana@x.test' })
    expect((await scanAll(reader)).ids).toEqual(['2'])
  })
})

/** A list server over plain ids that answers any page, unless `poison` is in it. */
function listServer(
  ids: readonly number[],
  so: {
    readonly poison?: readonly number[]
    readonly filters?: boolean
    readonly cap?: number
    readonly namesPoison?: boolean
  } = {},
) {
  const { poison = [], filters = true, cap = 1000, namesPoison = true } = so
  return (request: HttpRequest) => {
    const query = new URLSearchParams(request.path.split('?')[1])
    const after = filters ? Number(query.get('where[0][val]') ?? 0) : 0
    const left = ids.filter((id) => id > after)
    const start = Number(query.get('start') ?? 0)
    const page = left.slice(start, start + Math.min(Number(query.get('limit')), cap))
    const isLight = query.has('select[]')
    if (page.some((id) => poison.includes(id)) && !(isLight && namesPoison)) {
      return { status: 500, body: '{"errors":[{"code":500,"message":"error #500"}]}' }
    }
    const contacts = Object.fromEntries(
      page.map((id) => [id, { id, dateAdded: '2026-01-01T00:00:00+00:00' }]),
    )
    return { total: String(left.length), contacts }
  }
}
const hundred = Array.from({ length: 100 }, (_, at) => at + 1)

describe('a record that cannot be shown', () => {
  it('is found by halving, told with its id, and costs nobody else', async () => {
    const { reader, sent } = script(listServer(hundred, { poison: [41, 42, 100] }), {
      limits: { pageSize: 50 },
    })
    const seen = await scanAll(reader)
    expect(seen.broken).toEqual(['41', '42', '100'])
    expect(seen.ids).toEqual(hundred.filter((id) => ![41, 42, 100].includes(id)).map(String))
    expect(seen.last.isProven).toBe(true)
    expect(sent.length).toBeLessThan(60)
  })

  it('is passed over without a name where even its id cannot be told', async () => {
    const { reader } = script(listServer(hundred, { poison: [7, 8], namesPoison: false }), {
      limits: { pageSize: 20 },
    })
    const seen = await scanAll(reader)
    expect(seen.ids).toEqual(hundred.filter((id) => ![7, 8].includes(id)).map(String))
    expect(seen.broken).toEqual([null, null])
  })

  it('ends the walk no earlier and no later, one row at a time', async () => {
    const ids = [1, 2, 3, 4]
    for (const namesPoison of [true, false]) {
      const { reader } = script(listServer(ids, { poison: [2, 4], namesPoison }), {
        limits: { pageSize: 1 },
      })
      const seen = await scanAll(reader)
      expect([seen.ids, seen.broken.length]).toEqual([['1', '3'], 2])
    }
  })

  it('of another shape is told, and the rest is read', async () => {
    const { reader } = script(() => ({
      total: 3,
      contacts: { 1: { id: 1 }, 2: { id: 2, fields: 'none' }, 3: { id: 3 } },
    }))
    const seen = await scanAll(reader)
    expect([seen.ids, seen.broken]).toEqual([['1', '3'], ['2']])
  })

  it('is not suspected when the server is down', async () => {
    const { reader, sent } = script(() => ({ status: 500, body: '{}' }))
    await expect(scanAll(reader)).rejects.toMatchObject({ kind: 'unknown' })
    expect(sent.length).toBeLessThanOrEqual(10)
    const { reader: forbidden } = script(() => ({ status: 403, body: '{}' }))
    await expect(scanAll(forbidden)).rejects.toMatchObject({ kind: 'permission' })
  })
})

describe('a server that does not filter', () => {
  it('is read by offset, once its second page shows it, and proves it by the count', async () => {
    const { reader } = script(listServer(hundred, { filters: false }), { limits: { pageSize: 30 } })
    const seen = await scanAll(reader)
    expect(seen.ids).toEqual(hundred.map(String))
    expect(seen.last.isProven).toBe(true)
    expect(reader.capabilities.streams.contacts).toMatchObject({ paging: 'offset', since: 'none' })
  })

  it('is not proven when the count moves', async () => {
    const moving = hundred.slice()
    const serve = listServer(moving, { filters: false })
    const { reader } = script(
      (request, position) => {
        if (position === 2) moving.splice(3, 1)
        return serve(request)
      },
      { limits: { pageSize: 30 } },
    )
    const seen = await scanAll(reader)
    expect(seen.last.isProven).toBe(false)
  })

  it('is read by offset when conditions break it', async () => {
    const serve = listServer(hundred)
    const { reader } = script(
      (request) => (request.path.includes('where') ? { status: 500, body: '{}' } : serve(request)),
      { limits: { pageSize: 30 } },
    )
    expect((await scanAll(reader)).ids).toEqual(hundred.map(String))
  })

  it('is read whole when it caps the page below what was asked', async () => {
    const { reader } = script(listServer(hundred, { cap: 12 }), { limits: { pageSize: 50 } })
    expect((await scanAll(reader)).ids).toEqual(hundred.map(String))
  })
})

describe('an incremental scan', () => {
  const since = new Date(START_MS + 60_000).toISOString()

  it.each(['2.16', '3.3', '4.4', '5.1', '5.2'])(
    'sees what was changed, added or opted out, on %s',
    async (version) => {
      const { reader, ask, clock } = stage({ contacts: 40, quirks: { version } })
      await reader.check(signal)
      clock.pass(120_000)
      ask('PATCH', '/contacts/5/edit', { city: 'Oslo' })
      ask('POST', '/contacts/new', { email: 'new@x.test' })
      ask('POST', '/contacts/9/dnc/email/add', { reason: 1 })
      const { ids, last, notes } = await scanAll(reader, { since, overlapMs: 0 })
      expect(new Set(ids)).toEqual(new Set(['5', '9', '41']))
      expect([last.isProven, notes]).toEqual([true, []])
    },
  )

  it('asks the version first when it is the first thing asked', async () => {
    const { reader, requests } = stage({ contacts: 40 })
    const { ids } = await scanAll(reader, { since })
    // One for the version, and two each for the changed and the new, of whom there are none.
    expect([ids, requests.length]).toEqual([[], 5])
  })

  it('says so when opt-outs cannot be seen', async () => {
    const { reader, ask, clock } = stage({
      contacts: 40,
      quirks: { version: '5.2', noStats: true },
    })
    await reader.check(signal)
    clock.pass(120_000)
    ask('POST', '/contacts/9/dnc/email/add', { reason: 1 })
    const { ids, notes } = await scanAll(reader, { since })
    expect(ids).toEqual([])
    expect(notes.join()).toContain('Opt-outs')
  })

  it('goes back by the overlap, and sends times the database reads everywhere', async () => {
    const { reader, requests } = stage({ contacts: 3 })
    await reader.check(signal)
    await scanAll(reader, { since: '2026-03-01T08:10:00Z', overlapMs: 600_000 })
    expect(decodeURIComponent(requests.at(-1)?.url ?? '')).toContain('[val]=2026-03-01 08:00:00')
  })

  it.each(['6.0', '7.0'])('reads everything where stamps do not move, on %s', async (version) => {
    const { reader, ask, clock } = stage({ contacts: 40, quirks: { version } })
    await reader.check(signal)
    expect(reader.capabilities.streams.contacts?.since).toBe('none')
    clock.pass(120_000)
    ask('PATCH', '/contacts/5/edit', { city: 'Oslo' })
    expect((await scanAll(reader, { since })).ids).toHaveLength(40)
  })

  it('trusts the stamps of a server that its owner vouches for', async () => {
    const { reader } = stage({
      contacts: 40,
      quirks: { version: '7.0', dateModifiedBump: 'changes' },
      settings: { options: { dateModified: 'trusted' } },
    })
    await reader.check(signal)
    expect(reader.capabilities.streams.contacts?.since).toBe('inclusive')
  })

  it('chains: what happens after the first answer of one scan is seen by the next', async () => {
    const { reader, ask, clock } = stage({ contacts: 450 })
    const request = { stream: 'contacts' as const, since: null, overlapMs: 0, fields: [] }
    const first = await reader.scan({ ...request, position: null }, signal)
    clock.pass(1000)
    ask('PATCH', '/contacts/5/edit', { city: 'Oslo' })
    clock.pass(SETTLE_MS * 4)
    let page = first
    while (page.next !== null) page = await reader.scan({ ...request, position: page.next }, signal)
    expect((await scanAll(reader, { since: page.high })).ids).toEqual(['5'])
  })

  it('without a clock of the server, goes by the newest stamp it first shows', async () => {
    const { reader } = script(() => ({
      status: 200,
      headers: { 'mautic-version': '4.4.0' },
      dateMs: null,
      body: JSON.stringify({
        total: '1',
        contacts: { 4: { id: 4, dateAdded: '2026-02-01T10:00:00+02:00' } },
      }),
    }))
    expect((await scanAll(reader)).last.high).toBe('2026-02-01T08:00:00Z')
  })

  it('refuses a bound that is not one of its own', async () => {
    const { reader } = stage()
    await reader.check(signal)
    await expect(scanAll(reader, { since: 'yesterday' })).rejects.toMatchObject({ kind: 'scan' })
  })
})

describe('segments', () => {
  it('are told member by member, page by page', async () => {
    const { reader, simulator } = stage({ contacts: 300, settings: { limits: { pageSize: 20 } } })
    const catalog = await reader.catalog(signal)
    const names = new Map(catalog.groups.map(({ key, name }) => [key, name]))
    const seen = await scanAll(reader, { stream: 'groupings' })
    const told = seen.groupings.map((line) => {
      const [contact, key = ''] = line.split(' in ')
      return `${contact} in ${names.get(key)}`
    })
    const truth = simulator
      .snapshot()
      .flatMap(({ id, groups }) => groups.map((name) => `${id} in ${name}`))
    expect(told.sort()).toEqual(truth.sort())
    expect(seen.last.isProven).toBe(true)
  })

  it('end at once where there are none', async () => {
    const { reader } = script(() => ({ status: 404, body: '{}' }))
    const seen = await scanAll(reader, { stream: 'groupings' })
    expect([seen.groupings, seen.last.isProven]).toEqual([[], true])
  })

  it('are not taken for none where the role may not see them', async () => {
    const { reader } = script(() => ({ status: 403, body: '{"errors":[{"code":403}]}' }))
    await expect(scanAll(reader, { stream: 'groupings' })).rejects.toMatchObject({
      kind: 'permission',
    })
  })

  it('are the only further stream', async () => {
    const { reader } = stage()
    for (const stream of ['taggings', 'consents'] as const) {
      await expect(scanAll(reader, { stream })).rejects.toMatchObject({ kind: 'unsupported' })
    }
  })
})
