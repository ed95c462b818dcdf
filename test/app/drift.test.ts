/**
 * People are created, renamed and deleted while an account is read page by page: whoever was there before and after, and was not touched, is
 * seen, or the scan does not say that it is proven. `FERRY_DRIFT=100000` for as many pages over the platforms.
 */
import { describe, expect, it } from 'vitest'
import type { Reader, Writer } from '../../src/connector/connector.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { RemoteId } from '../../src/model/id.ts'
import { randomStream, seedOf } from '../../src/simulation/random.ts'
import { twoAccounts } from './two-accounts.ts'

const PLATFORMS = ['infusionsoft', 'adaptix', 'xml-spec'] as const
const PAGES = Number(process.env['FERRY_DRIFT'] ?? 600) / PLATFORMS.length
const PEOPLE = 40
const PAGE_ROWS = 5
const { signal } = new AbortController()

interface Scanned {
  readonly pages: number
  readonly isProven: boolean
  readonly missed: readonly RemoteId[]
}

describe.each(PLATFORMS)('pages of %s that drift', (platform) => {
  it(`miss nobody in ${PAGES} pages`, async () => {
    let pages = 0
    let proven = 0
    for (let seed = 1; pages < PAGES; seed += 1) {
      const scanned = await scanWhilePeopleAct(platform, seed)
      pages += scanned.pages
      if (!scanned.isProven) continue
      proven += 1
      expect(scanned.missed, `seed ${seed}`).toEqual([])
    }
    expect(proven).toBeGreaterThan(0)
  }, 3_600_000)
})

async function scanWhilePeopleAct(platform: string, seed: number): Promise<Scanned> {
  const world = twoAccounts({
    from: { platform, contacts: PEOPLE, pageSize: PAGE_ROWS },
    to: { platform: 'adaptix', contacts: 0 },
    seed,
    state: '"sqlite::memory:"',
  })
  const random = randomStream(seedOf(seed, 1))
  const [reading, acting] = [await world.open({ mayWrite: false }), await world.open()]
  try {
    const reader = await reading.reader('source')
    const { fields } = await reader.catalog(signal)
    const writer = await acting.writer('source')
    await writer.catalog(signal)
    const before = await everybody(writer, fields)
    const touched = new Set<RemoteId>()
    const seen = new Set<RemoteId>()
    let pages = 0
    let position: string | null = null
    for (;;) {
      const page = await pageOf(reader, fields, position)
      pages += 1
      for (const row of page.rows) if (row.kind === 'contact') seen.add(row.sighting.id)
      if (page.next === null) {
        const missed = before.filter((id) => !touched.has(id) && !seen.has(id))
        return { pages, isProven: page.isProven, missed }
      }
      position = page.next
      world.clock.advance(1_000)
      // Somebody stops some time: a scan that repeats itself until two passes agree would never end.
      if (pages < ACTS_MAX) await act({ writer, random, before, seen, touched, turn: pages })
    }
  } finally {
    await reading.close()
    await acting.close()
    world.close()
  }
}
const ACTS_MAX = 12

function pageOf(reader: Reader, fields: readonly FieldDefinition[], position: string | null) {
  return reader.scan({ stream: 'contacts', since: null, overlapMs: 0, position, fields }, signal)
}

/** Read in peace. */
async function everybody(
  writer: Writer,
  fields: readonly FieldDefinition[],
): Promise<readonly RemoteId[]> {
  const ids: RemoteId[] = []
  for (let position: string | null = null; ; ) {
    const page = await pageOf(writer, fields, position)
    for (const row of page.rows) if (row.kind === 'contact') ids.push(row.sighting.id)
    if (page.next === null) return [...new Set(ids)]
    position = page.next
  }
}

interface Acting {
  readonly writer: Writer
  readonly random: () => number
  readonly before: readonly RemoteId[]
  readonly seen: ReadonlySet<RemoteId>
  readonly touched: Set<RemoteId>
  readonly turn: number
}

async function act({ writer, random, before, seen, touched, turn }: Acting): Promise<void> {
  // Names at the beginning and at the end of any order.
  const familyName = `${random() < 0.5 ? 'Aaaa' : 'Zzzz'} ${turn}`
  const write = { tags: NOTHING, groups: NOTHING, consents: [], key: `act ${turn}` }
  const victims = before.filter((id) => seen.has(id) && !touched.has(id))
  const victim = victims[Math.floor(random() * victims.length)]
  const what = random()
  if (victim === undefined || what < 0.3) {
    const fields = {
      familyName,
      'emails.1': `drift-${turn}-${Math.floor(random() * 1e9)}@example.org`,
    }
    await writer.write([{ ...write, op: 'create', id: null, fields, current: null }], signal)
    return
  }
  touched.add(victim)
  if (what < 0.65) {
    await writer.remove([victim], signal)
    return
  }
  const [now] = await writer.fetch([victim], signal)
  if (now?.kind !== 'found') return
  await writer.write(
    [{ ...write, op: 'update', id: victim, fields: { familyName }, current: now.sighting }],
    signal,
  )
}
const NOTHING = { add: [], remove: [] }
