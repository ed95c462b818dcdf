/** Reading one account: bounds, pages, watermarks, scans that break off. */
import assert from 'node:assert/strict'
import type { Page, Reader } from '../../src/connector/connector.ts'
import { randomStream } from '../../src/simulation/random.ts'
import { add, remove } from '../crash/hands.ts'
import { ADA, ADAPTIX, GRACE, KEAP, people, ROPE } from '../crash/worlds.ts'
import type { World } from '../crash/world.ts'
import { done, inWorld } from './in-world.ts'
import type { Check } from './checks.ts'

const NEVER = new AbortController().signal
/** No account here has as many pages. */
const PAGES_MAX = 50

async function reading(world: World, work: (reader: Reader) => Promise<void>): Promise<void> {
  const app = await world.open()
  try {
    await work(await app.reader('source'))
  } finally {
    await app.close()
  }
}

async function scanned(
  reader: Reader,
  since: string | null,
  {
    between = () => {},
    stream = 'contacts',
  }: { readonly between?: (pages: number) => void; readonly stream?: 'contacts' | 'consents' } = {},
): Promise<{ readonly ids: readonly string[]; readonly last: Page }> {
  const { fields } = await reader.catalog(NEVER)
  const ids: string[] = []
  let position: string | null = null
  for (let pages = 1; pages <= PAGES_MAX; pages += 1) {
    const page: Page = await reader.scan({ stream, since, overlapMs: 0, position, fields }, NEVER)
    for (const row of page.rows) if (row.kind === 'contact') ids.push(row.sighting.id)
    if (page.next === null) return { ids, last: page }
    position = page.next
    between(pages)
  }
  throw new Error(`a scan of more than ${PAGES_MAX} pages`)
}

export const ACCOUNT_CHECKS: Readonly<Record<string, Check>> = {
  'the bound of a scan is inclusive': async () => {
    for (const from of [KEAP, ADAPTIX]) {
      await inWorld({ from, to: from === KEAP ? ADAPTIX : KEAP }, async (world) => {
        add(world.from, ADA)
        world.clock.advance(3_600_000)
        const id = add(world.from, GRACE)
        if (from === ADAPTIX) {
          world.clock.advance(3_600_000)
          const { edit } = await import('../crash/hands.ts')
          edit(world.from, id, { city: 'Arlington' })
        }
        await reading(world, async (reader) => {
          const { fields } = await reader.catalog(NEVER)
          const page = await reader.scan(
            { stream: 'contacts', since: null, overlapMs: 0, position: null, fields },
            NEVER,
          )
          const stamps = page.rows.flatMap((row) =>
            row.kind === 'contact' ? [row.sighting.updatedAt ?? ''] : [],
          )
          const newest = stamps.sort().at(-1) ?? ''
          const since = from === KEAP ? wire(newest) : newest
          assert.deepEqual((await scanned(reader, since)).ids, [id])
        })
      })
    }
  },

  'a watermark never falls': async () => {
    for (const [from, to, since] of [
      [KEAP, ADAPTIX, '20270101T00:00:00'],
      [ADAPTIX, KEAP, '2027-01-01T00:00:00Z'],
      [ROPE, ADAPTIX, '2027-01-01 00:00:00'],
    ] as const)
      await inWorld({ from, to }, async (world) => {
        people(world, ADA)
        await reading(world, async (reader) => {
          for (const stream of from === ROPE
            ? (['contacts', 'consents'] as const)
            : ['contacts' as const]) {
            const { last } = await scanned(reader, since, { stream })
            assert.ok((last.high ?? '') >= since, `${last.high} is below ${since}`)
          }
        })
      })
  },

  'nobody is passed over when rows go away during a scan': (seed) =>
    inWorld({ from: { ...KEAP, limits: ', pageSize: 3' }, to: ADAPTIX }, async (world) => {
      const ids = Array.from({ length: 10 }, (_, n) => add(world.from, { given: `P${n}` }))
      const gone = ids[Math.floor(randomStream(seed)() * 3)] ?? ''
      await reading(world, async (reader) => {
        const between = (pages: number) => {
          if (pages === 1) remove(world.from, gone)
        }
        const { ids: seen } = await scanned(reader, null, { between })
        const missed = ids.filter((id) => id !== gone && !seen.includes(id))
        assert.deepEqual(missed, [])
      })
    }),

  'a server that caps its pages is read whole': () =>
    inWorld(
      {
        from: { platform: 'infusionsoft', quirks: { emptyStart: true, pageSizeCap: 2 } },
        to: ADAPTIX,
      },
      async (world) => {
        people(
          world,
          ...Array.from({ length: 5 }, (_, n) => ({ given: `P${n}`, email: `p${n}@example.com` })),
        )
        await done(world, { kind: 'sync' })
        assert.equal(world.to.simulator.snapshot().length, 5)
      },
    ),

  'a scan that breaks off ends the run': () => {
    const quirks = { forbiddenTables: ['ContactGroupAssign'] }
    const from = { platform: 'infusionsoft', contacts: 3, quirks }
    return inWorld({ from, to: ADAPTIX }, async (world) => {
      await assert.rejects(world.run({ kind: 'sync' }))
      assert.equal(world.to.simulator.snapshot().length, 0)
    })
  },
}

/** A stamp as the account's own wall clock (New York, winter time in the worlds here). */
function wire(instant: string): string {
  const local = new Date(Date.parse(instant) - 5 * 3_600_000).toISOString().slice(0, 19)
  return local.replaceAll('-', '')
}
