/** Rows that come, go or move while a scan reads: whoever stayed must have been seen, or the scan must say that it is not proven. */
import type { RemoteId } from '../../model/id.ts'
import type { Backstage, Bench } from '../bench.ts'
import { census, idsOf } from '../census.ts'
import { type Hands, handsOf, outcomeText } from '../hands.ts'
import { type BackstageProbe, faultless, skipped, type Verdict } from '../probe.ts'

const PAGE_ROWS = 5
/** Pages after which somebody interferes. */
const TURNS = 3

export const driftInsert: BackstageProbe = {
  name: 'page drift: insert',
  asks: 'Is everybody seen although contacts are created while a scan reads?',
  needs: 'backstage',
  run: (bench, _, backstage) =>
    drift(bench, backstage, async ({ other }) => {
      // Names at the beginning and at the end of any order.
      for (const familyName of ['Aaaa', 'Zzzz'])
        await other.create({ fields: other.person({ familyName }) })
      return null
    }),
}

export const driftDelete: BackstageProbe = {
  name: 'page drift: delete',
  asks: 'Is everybody seen although contacts of earlier pages are removed while a scan reads?',
  needs: 'backstage',
  unless: ({ remove }) => (remove === false ? 'nothing can be removed here' : null),
  run: (bench, _, backstage) =>
    drift(bench, backstage, async ({ other, seen }) => {
      const [victim] = seen
      if (victim !== undefined) await other.writer.remove([victim], bench.signal)
      return victim ?? null
    }),
}

export const driftUpdate: BackstageProbe = {
  name: 'page drift: update',
  asks: 'Is everybody seen although contacts of earlier pages are renamed while a scan reads?',
  needs: 'backstage',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  run: (bench, _, backstage) =>
    drift(bench, backstage, async ({ other, seen, turn }) => {
      const victim = seen[turn % seen.length]
      if (victim === undefined) return null
      const outcome = await other.update(victim, { fields: { familyName: `Zzz ${turn}` } })
      if (outcome.kind !== 'done') throw new RangeError(`somebody else: ${outcomeText(outcome)}`)
      return victim
    }),
}

interface Turn {
  readonly other: Hands
  /** Contacts on earlier pages that nobody has touched. */
  readonly seen: readonly RemoteId[]
  readonly turn: number
}

/** `act` tells whom it touched: they need not be seen. */
async function drift(
  bench: Bench,
  backstage: Backstage,
  act: (turn: Turn) => Promise<RemoteId | null>,
): Promise<Verdict> {
  const other = await handsOf(bench, backstage.other)
  const reader = bench.open({ pageSize: PAGE_ROWS })
  const start = await census(bench, reader)
  const everybody = new Set(idsOf(start.rows))
  const order = idsOf(start.pages[0]?.rows ?? [])
  if (start.pages.length <= TURNS) return skipped('there are too few contacts for several pages')
  const touched = new Set<RemoteId>()
  const read = await census(bench, bench.open({ pageSize: PAGE_ROWS }), {
    between: async (page) => {
      if (page > TURNS) return
      const seen = order.filter((id) => !touched.has(id))
      const victim = await act({ other, seen, turn: page })
      if (victim !== null) touched.add(victim)
    },
  })
  await other.clear()
  const shown = new Set(idsOf(read.rows))
  const missed = [...everybody].filter((id) => !touched.has(id) && !shown.has(id))
  const { paging } = reader.capabilities.streams.contacts ?? {}
  const faults =
    missed.length > 0 && read.isProven ? [`missed ${missed.join(', ')} and says proven`] : []
  return faultless(
    `${paging}: nobody is missed unnoticed`,
    faults,
    `${paging}: ${missed.length} missed, ${read.isProven ? 'proven' : 'not proven'}`,
  )
}
