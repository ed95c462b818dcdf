import { describe, expect, it } from 'vitest'
import { decodeCall } from '../../../connectors/infusionsoft/reply.ts'
import type { ConnectorError } from '../../../src/connector/error.ts'
import { bench, idsOf, NEVER, type Scanned, scanAll, sorted } from './bench.ts'

function truth(on: ReturnType<typeof bench>): string[] {
  return sorted(on.simulator.snapshot().map(({ id }) => id))
}
function taggingsOf(scanned: Scanned): string[] {
  return sorted(
    scanned.rows.flatMap((row) => (row.kind === 'tagging' ? [`${row.contact}:${row.tag}`] : [])),
  )
}
function queries(on: ReturnType<typeof bench>, table: string) {
  return on.sent
    .map((request) => decodeCall(request.body))
    .filter(({ method, parameters }) => method === 'DataService.query' && parameters[1] === table)
    .map(({ parameters }) => parameters)
}

const NO_ROWS =
  '<methodResponse><params><param><value><array><data></data></array></value></param></params></methodResponse>'

/** The first three rows of a page. */
function firstRowsOnly(answer: string): string {
  const [head = '', ...rows] = answer.split('<value><struct>')
  const tail = (rows.at(-1) ?? '').split('</struct></value>').at(-1) ?? ''
  return [head, ...rows.slice(0, 3).map((row) => row.split('</struct></value>')[0])]
    .join('<value><struct>')
    .concat('</struct></value>', tail)
}

describe('the contacts stream', () => {
  it('sees everybody once, in as few pages as there can be and one count that proves the end', async () => {
    const on = bench({ contacts: 2300 })
    const scanned = await scanAll(on)
    expect(sorted(idsOf(scanned.rows))).toEqual(truth(on))
    expect(scanned.last).toMatchObject({ isProven: true, next: null, broken: [] })
    const rowsThere = scanned.rows.length
    expect(scanned.pages.length).toBeLessThanOrEqual(Math.ceil((rowsThere + 200) / 1000))
    expect(on.sent).toHaveLength(scanned.pages.length + 1)
  })

  describe.each([
    ['contacts', 'Contact'],
    ['taggings', 'ContactGroupAssign'],
  ] as const)('the end of %s', (stream, table) => {
    /** Answers of the table from that page on, so many of them, are as told. */
    function lying(from: number, times: number, lie: (honest: string) => string) {
      let asked = 0
      let isLying = false
      const on: ReturnType<typeof bench> = bench({
        contacts: 60,
        limits: { pageSize: 10 },
        intercept: (request) => {
          const { method, parameters } = decodeCall(request.body)
          if (isLying || method !== 'DataService.query' || parameters[1] !== table) return null
          asked += 1
          if (asked < from || asked >= from + times) return null
          isLying = true
          const { body } = on.simulator.handle(request)
          isLying = false
          return lie(body)
        },
      })
      return on
    }
    const told = (scanned: Scanned) => JSON.stringify(scanned.rows)

    it.each([1, 2, 3])('is not an empty page in the middle, shown %d times', async (times) => {
      const honest = await scanAll(bench({ contacts: 60, limits: { pageSize: 10 } }), { stream })
      const scanned = await scanAll(
        lying(2, times, () => NO_ROWS),
        { stream },
      )
      expect(told(scanned)).toBe(told(honest))
      expect(scanned.last.isProven).toBe(true)
    })

    it('is not believed while the server counts more: the scan has failed', async () => {
      await expect(
        scanAll(
          lying(2, 99, () => NO_ROWS),
          { stream },
        ),
      ).rejects.toMatchObject({
        kind: 'scan',
        message: expect.stringMatching(/counts rows of \w+ above \w+ \d+ and shows none/),
      })
    })

    it('is not a short page in the middle', async () => {
      const honest = await scanAll(bench({ contacts: 60, limits: { pageSize: 10 } }), { stream })
      const scanned = await scanAll(lying(2, 1, firstRowsOnly), { stream })
      expect(sorted(told(scanned).match(/\{[^{}]*\}/g) ?? [])).toEqual(
        sorted(told(honest).match(/\{[^{}]*\}/g) ?? []),
      )
    })
  })

  it.each(['contacts', 'taggings', 'consents'] as const)(
    'a whole table of %s without a row is asked for twice: one wrong answer is not the truth',
    async (stream) => {
      const table = {
        contacts: 'Contact',
        taggings: 'ContactGroupAssign',
        consents: 'EmailAddStatus',
      }
      let glitches = 1
      const on = bench({
        contacts: 40,
        intercept: ({ body }) => {
          const { method, parameters } = decodeCall(body)
          const isFirst = method === 'DataService.query' && parameters[1] === table[stream]
          return isFirst && glitches-- > 0 ? NO_ROWS : null
        },
      })
      expect((await scanAll(on, { stream })).rows.length).toBeGreaterThan(0)
      const empty = bench({ quirks: { emptyStart: true } })
      expect((await scanAll(empty, { stream })).rows).toEqual([])
      expect(queries(empty, table[stream])).toHaveLength(2)
    },
  )

  it('leaves company records out, which lie in the same table', async () => {
    const on = bench({ contacts: 300 })
    const scanned = await scanAll(on)
    const asked = queries(on, 'Contact')[0]?.[5]
    expect(asked).toContain('CompanyID')
    const count = await on.run(
      on.writer.call('DataService.count', { table: 'Contact', queryData: {} }, NEVER),
    )
    expect(Number(count)).toBeGreaterThan(scanned.rows.length)
    expect(sorted(idsOf(scanned.rows))).toEqual(truth(on))
  })

  it('never reads the password column', async () => {
    const on = bench({ contacts: 5 })
    await scanAll(on)
    expect(on.sent.map(({ body }) => body).join()).not.toContain('Password')
  })

  it('asks with a bound on the id, ascending, and always the first page', async () => {
    const on = bench({ contacts: 30, limits: { pageSize: 10 } })
    await scanAll(on, { since: '20200101T00:00:00', overlapMs: 600_000 })
    const [first, second] = queries(on, 'Contact')
    expect(first?.slice(2, 5)).toEqual([
      10,
      0,
      { LastUpdated: '~>=~ 2019-12-31 23:50:00', Id: '~>~ 0' },
    ])
    expect(first?.slice(6)).toEqual(['Id', true])
    expect(second?.[3]).toBe(0)
    expect(JSON.stringify(second?.[4])).toMatch(/"Id":"~>~ [1-9]\d*"/)
  })

  it('misses nobody while rows move between the pages', async () => {
    const on = bench({ contacts: 400, limits: { pageSize: 25 }, quirks: { editEvery: 1 } })
    const before = truth(on)
    const scanned = await scanAll(on)
    expect(sorted(new Set(idsOf(scanned.rows)))).toEqual(before)
    expect(scanned.last.isProven).toBe(true)
  })

  it('reads from its own watermark only what changed, at one request and one for proof', async () => {
    const on = bench({ contacts: 200 })
    const full = await scanAll(on)
    const { high } = full.last
    expect(high).toMatch(/^\d{8}T\d\d:\d\d:\d\d$/)
    await on.clock.advance(3_600_000)
    const id = idsOf(full.rows)[3]
    await on.run(
      on.writer.call(
        'ContactService.update',
        { contactId: Number(id), data: { City: 'Ulm' } },
        NEVER,
      ),
    )
    const before = on.simulator.counts.read
    const delta = await scanAll(on, { since: high, overlapMs: 0 })
    expect(idsOf(delta.rows)).toContain(id)
    expect(delta.rows.length).toBeLessThan(10)
    expect(on.simulator.counts.read - before).toBe(2)
    expect((delta.last.high ?? '') >= (high ?? '')).toBe(true)
    const quiet = await scanAll(on, { since: '20990101T00:00:00' })
    expect(quiet.rows).toEqual([])
    expect(quiet.last.high).toBe('20990101T00:00:00')
  })

  it('keeps the watermark below what the server said was the time at the first page', async () => {
    const on = bench({ contacts: 60, limits: { pageSize: 10 } })
    const scanned = await scanAll(on, {
      between: (_, at) => {
        if (at === 1) void on.clock.advance(7_200_000)
      },
    })
    expect((scanned.last.high ?? '') <= '20261120T10:00:00').toBe(true)
  })

  it('tells every state: a value, known empty, and not asked for', async () => {
    const on = bench({ contacts: 40 })
    const { rows } = await scanAll(on)
    const [first] = rows
    if (first?.kind !== 'contact') throw new Error('no contact')
    const { sighting } = first
    expect(Object.hasOwn(sighting.fields, 'familyName')).toBe(true)
    expect(Object.hasOwn(sighting.fields, 'points')).toBe(false)
    expect(Object.values(sighting.fields)).toContain(null)
    expect(sighting.tags).toBeUndefined()
    expect(sighting.consents).toBeUndefined()
    expect(sighting.updatedAt).toMatch(/Z$/)
  })

  it('reads custom fields by name', async () => {
    const on = bench({ contacts: 200 })
    const catalog = await on.run(on.reader.catalog(NEVER))
    const custom = catalog.fields.filter(({ path }) => path.startsWith('custom._'))
    expect(custom.length).toBeGreaterThan(5)
    const scanned = await scanAll(on, { fields: catalog.fields })
    for (const field of custom) {
      const values = scanned.rows.map(
        (row) => row.kind === 'contact' && row.sighting.fields[field.path],
      )
      expect(
        values.every((value) => value !== undefined),
        field.path,
      ).toBe(true)
    }
    const filled = scanned.rows.flatMap((row) =>
      row.kind === 'contact' ? Object.entries(row.sighting.fields) : [],
    )
    expect(
      filled.filter(([path, value]) => path.startsWith('custom._') && value !== null).length,
    ).toBeGreaterThan(50)
  })

  it('goes on without a custom field that vanishes in the middle, and says so', async () => {
    const probe = bench({ contacts: 5 })
    const { fields } = await probe.run(probe.reader.catalog(NEVER))
    const gone = fields.find(({ path }) => path.startsWith('custom._'))
    const name = gone?.native.slice(1) ?? ''
    const on = bench({
      contacts: 60,
      limits: { pageSize: 20 },
      quirks: { vanishField: { name, after: 2 } },
    })
    const scanned = await scanAll(on, { fields })
    expect(sorted(idsOf(scanned.rows))).toEqual(truth(on))
    expect(scanned.notes.join()).toContain(`_${name}`)
    const late = scanned.rows.at(-1)
    if (late?.kind !== 'contact' || gone === undefined) throw new Error('no contact')
    expect(Object.hasOwn(late.sighting.fields, gone.path)).toBe(false)
  })

  it.each(['ignored', 'fault'])(
    'falls back to offsets, unproven, where bounds on ids are %s',
    async (keyset) => {
      const on = bench({ contacts: 230, limits: { pageSize: 50 }, quirks: { keyset } })
      const scanned = await scanAll(on)
      expect(sorted(idsOf(scanned.rows))).toEqual(truth(on))
      expect(scanned.last.isProven).toBe(false)
    },
  )

  it('reads all of a server that gives fewer rows than it is asked for', async () => {
    const on = bench({ contacts: 230, quirks: { pageSizeCap: 40 } })
    expect(sorted(idsOf((await scanAll(on)).rows))).toEqual(truth(on))
    const both = bench({ contacts: 230, quirks: { pageSizeCap: 40, keyset: 'ignored' } })
    expect(sorted(idsOf((await scanAll(both)).rows))).toEqual(truth(both))
  })

  it.each([{ illegalCharacterRaw: false }, { illegalCharacterRaw: true }])(
    'drops characters that XML forbids and says so (%o)',
    async (raw) => {
      const probe = bench({ contacts: 30 })
      const id = Number(truth(probe)[4])
      const on = bench({ contacts: 30, quirks: { illegalCharacterRow: id, ...raw } })
      const scanned = await scanAll(on)
      expect(sorted(idsOf(scanned.rows))).toEqual(truth(on))
      expect(scanned.notes).toEqual([
        'Characters that XML does not allow were dropped from what the server sent (Phone1 of 10). Correct them at the source.',
      ])
    },
  )

  it.each([
    { padded: true },
    { numbersAsText: true },
    { unstableTies: true },
    { throttleFaultEvery: 3 },
    { invalidConfigEvery: 3 },
    { unexpectedEvery: 3 },
    { json429Every: 3 },
    { unavailableEvery: 3 },
    { blankBodyEvery: 3 },
    { truncateAt: 2 },
    { perSecond: 2 },
  ])('reads all of an account with %o', async (quirks) => {
    const on = bench({ contacts: 120, limits: { pageSize: 30 }, quirks })
    const { fields } = await on.run(on.reader.catalog(NEVER))
    const scanned = await scanAll(on, { fields })
    expect(sorted(idsOf(scanned.rows))).toEqual(truth(on))
    expect(scanned.last.isProven).toBe(true)
  })

  it('stops at once when the developer key is inactive, which a page of HTML tells', async () => {
    const on = bench({ contacts: 60, limits: { pageSize: 10 }, quirks: { htmlEvery: 3 } })
    await expect(scanAll(on)).rejects.toMatchObject({ kind: 'login' })
    expect(on.sent).toHaveLength(3)
  })

  it('stops at once when the key is revoked', async () => {
    const on = bench({ contacts: 60, limits: { pageSize: 10 }, quirks: { revokeAfter: 2 } })
    await expect(scanAll(on)).rejects.toMatchObject({
      kind: 'login',
    } satisfies Partial<ConnectorError>)
  })

  it('refuses a position of somebody else', async () => {
    const on = bench()
    const request = { stream: 'contacts', since: null, overlapMs: 0, fields: [] } as const
    for (const position of ['7', '{"mark":{}}', 'x'])
      await expect(on.reader.scan({ ...request, position }, NEVER)).rejects.toMatchObject({
        kind: 'scan',
      })
  })

  it('answers the same position twice alike', async () => {
    const on = bench({ contacts: 60, limits: { pageSize: 20 } })
    const request = { stream: 'contacts', since: null, overlapMs: 0, fields: [] } as const
    const first = await on.run(on.reader.scan({ ...request, position: null }, NEVER))
    const again = () => on.run(on.reader.scan({ ...request, position: first.next }, NEVER))
    expect(await again()).toEqual(await again())
  })
})

describe('a row that breaks its page', () => {
  /** Row `id` cannot be sent: any page that shows more of it than its id is unreadable. */
  function poisoned(ids: readonly number[], spoil: (body: string) => string, pageSize = 64) {
    const plain = bench({ contacts: 300 })
    const on = bench({
      contacts: 300,
      limits: { pageSize },
      intercept(request) {
        const { method, parameters } = decodeCall(request.body)
        if (method !== 'DataService.query' || parameters[1] !== 'Contact') return null
        const isFull = Array.isArray(parameters[5]) && parameters[5].length > 1
        const { body } = plain.simulator.handle(request)
        const hits = ids.some((id) => body.includes(`<name>Id</name><value><i4>${id}</i4>`))
        return isFull && hits ? spoil(body) : body
      },
    })
    return { on, everybody: truth(plain) }
  }
  const malformed = (body: string) => body.replace('<struct>', '<strct>')
  const fault = (code: number, text: string) => () =>
    `<?xml version="1.0"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><i4>${code}</i4></value></member><member><name>faultString</name><value>${text}</value></member></struct></value></fault></methodResponse>`

  it.each([
    ['is not well-formed', malformed],
    ['is cut', (body: string) => body.slice(0, body.length / 2)],
    ['is a database fault', fault(4, '[DatabaseError]bad data')],
    ['is an unexpected error', fault(3, '[UnexpectedError]')],
  ])('is found by halving and reported with its id, when its page %s', async (_, spoil) => {
    const plain = truth(bench({ contacts: 300 }))
    const bad = [Number(plain[0]), Number(plain[100]), Number(plain.at(-1))]
    const { on, everybody } = poisoned(bad, spoil)
    const scanned = await scanAll(on)
    const broken = scanned.pages.flatMap((page) => page.broken)
    expect(broken.map(({ id }) => Number(id))).toEqual(bad)
    expect(broken[0]?.hint).toContain(String(bad[0]))
    expect(sorted(idsOf(scanned.rows))).toEqual(everybody.filter((id) => !bad.includes(Number(id))))
    expect(scanned.last.isProven).toBe(true)
    expect(on.sent.length).toBeLessThan(300)
  })

  it('is not looked for where the server is merely slow with long pages: they become shorter, and stay so', async () => {
    const plain = bench({ contacts: 300 })
    const failed: number[] = []
    const on = bench({
      contacts: 300,
      limits: { pageSize: 64 },
      intercept(request) {
        const { parameters } = decodeCall(request.body)
        const isWide = Array.isArray(parameters[5]) && parameters[5].length > 1
        if (!isWide || Number(parameters[2]) <= 20) return null
        failed.push(Number(parameters[2]))
        return fault(3, '[UnexpectedError]')()
      },
    })
    const scanned = await scanAll(on)
    expect(sorted(idsOf(scanned.rows))).toEqual(truth(plain))
    expect(scanned.pages.flatMap((page) => page.broken)).toEqual([])
    expect(new Set(failed)).toEqual(new Set([64, 32]))
    expect(failed.length).toBe(8)
  })

  it('among tag assignments costs only its contact', async () => {
    const plain = bench({ contacts: 120 })
    const all = taggingsOf(await scanAll(plain, { stream: 'taggings' }))
    const bad = all[Math.floor(all.length / 2)]?.split(':')[0] ?? ''
    const on = bench({
      contacts: 120,
      limits: { pageSize: 16 },
      intercept(request) {
        const { parameters } = decodeCall(request.body)
        const { body } = plain.simulator.handle(request)
        const isWide = Array.isArray(parameters[5]) && parameters[5].length > 1
        const hits = body.includes(`<name>ContactId</name><value><i4>${bad}</i4>`)
        return isWide && hits ? malformed(body) : body
      },
    })
    const scanned = await scanAll(on, { stream: 'taggings' })
    expect(scanned.pages.flatMap((page) => page.broken).map(({ id }) => String(id))).toEqual([bad])
    expect(taggingsOf(scanned)).toEqual(all.filter((one) => !one.startsWith(`${bad}:`)))
  })

  it('does not make a server that is down look like one', async () => {
    const on = bench({ contacts: 50, intercept: () => '<html><body>Maintenance</body></html>' })
    await expect(scanAll(on)).rejects.toMatchObject({ kind: 'protocol' })
    expect(on.sent.length).toBeLessThan(12)
  })
})

describe('the taggings stream', () => {
  /** By name, which several tags may share: as often as a contact has one of that name. */
  function tagTruth(on: ReturnType<typeof bench>) {
    return sorted(
      on.simulator.snapshot().flatMap(({ id, tags }) => tags.map((name) => `${id}:${name}`)),
    )
  }
  async function named(on: ReturnType<typeof bench>, taggings: readonly string[]) {
    const { tags } = await on.run(on.reader.catalog(NEVER))
    const names = new Map(tags.map(({ name, key }) => [key, name]))
    const people = new Set(truth(on))
    return sorted(
      taggings
        .map((tagging) => tagging.split(':'))
        .filter(([contact]) => people.has(contact ?? ''))
        .map(([contact, tag]) => `${contact}:${names.get(tag ?? '')}`),
    )
  }

  it.each([1000, 40, 7, 1])(
    'sees every assignment, %i a page, and splits no contact',
    async (pageSize) => {
      const on = bench({ contacts: 90, limits: { pageSize } })
      const scanned = await scanAll(on, { stream: 'taggings' })
      const found = taggingsOf(scanned)
      const expected = tagTruth(on)
      expect(expected.length).toBeGreaterThan(50)
      expect(await named(on, found)).toEqual(expected)
      expect(scanned.last.isProven).toBe(true)
      expect(new Set(found).size).toBe(found.length)
    },
  )

  it.each([{ pageSizeCap: 6 }, { keyset: 'ignored' }, { keyset: 'fault' }, { unstableTies: true }])(
    'sees every assignment with %o',
    async (quirks) => {
      const on = bench({ contacts: 90, limits: { pageSize: 50 }, quirks: { ...quirks } })
      const found = new Set(taggingsOf(await scanAll(on, { stream: 'taggings' })))
      expect(await named(on, [...found])).toEqual(tagTruth(on))
    },
  )

  it('reads new assignments by their date', async () => {
    const on = bench({ contacts: 60 })
    const full = await scanAll(on, { stream: 'taggings' })
    await on.clock.advance(86_400_000)
    const [contact] = on.simulator.snapshot()
    const tag = await on.run(on.writer.createTag({ name: 'brand new', category: null }, NEVER))
    await on.run(
      on.writer.call(
        'ContactService.addToGroup',
        { contactId: Number(contact?.id), groupId: Number(tag.key) },
        NEVER,
      ),
    )
    const delta = await scanAll(on, { stream: 'taggings', since: full.last.high, overlapMs: 0 })
    expect(taggingsOf(delta)).toContain(`${contact?.id}:${tag.key}`)
    expect(delta.rows.length).toBeLessThan(full.rows.length / 2)
  })

  it('never asks the table of staff groups', async () => {
    const on = bench()
    await scanAll(on, { stream: 'taggings' })
    expect(queries(on, 'GroupAssign')).toEqual([])
    expect(queries(on, 'ContactGroupAssign').length).toBeGreaterThan(0)
  })
})

describe('the consents stream', () => {
  it('tells each address once, and everybody who may not be mailed', async () => {
    const on = bench({ contacts: 400, limits: { pageSize: 50 } })
    const scanned = await scanAll(on, { stream: 'consents' })
    const states = new Map(
      scanned.rows.flatMap((row) =>
        row.kind === 'consent' && row.consent.address !== null
          ? [[row.consent.address.toLowerCase(), row.consent] as const]
          : [],
      ),
    )
    expect(states.size).toBe(scanned.rows.length)
    for (const contact of on.simulator.snapshot())
      for (const address of contact.emails) {
        const consent = states.get(address.toLowerCase())
        const isOpen = consent?.state === 'granted'
        expect(isOpen, address).toBe(!contact.optedOut.includes(address))
      }
    expect(new Set([...states.values()].map(({ state }) => state))).toEqual(
      new Set(['granted', 'none', 'refused', 'undeliverable']),
    )
    expect(scanned.last).toMatchObject({ isProven: true, high: expect.any(String) })
  })
})

describe('groupings', () => {
  it('do not exist', async () => {
    const on = bench()
    const request = {
      stream: 'groupings',
      since: null,
      overlapMs: 0,
      position: null,
      fields: [],
    } as const
    await expect(on.reader.scan(request, NEVER)).rejects.toMatchObject({ kind: 'unsupported' })
  })
})
