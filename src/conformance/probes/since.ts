/** Incremental scans: where their lower bound lies, and that nothing lies in the future. */
import { census, idsOf } from '../census.ts'
import { compare, differs, type ReadingProbe, skipped, type WritingProbe } from '../probe.ts'

/** Longer than any server is known to need until a write is behind it for good. */
const SETTLE_MS = 60_000

export const sinceBound: WritingProbe = {
  name: 'since bound',
  asks: 'Does an incremental scan show what changed at the bound itself, after it only, or everything?',
  needs: 'writing',
  async run(bench, hands) {
    const { clock, signal } = bench
    const { writer } = hands
    const claim = writer.capabilities.streams.contacts?.since ?? 'none'
    const old = await hands.create()
    await clock.sleep(SETTLE_MS, signal)
    const fresh = await hands.create()
    const stamp = (await hands.see(fresh)).updatedAt
    await clock.sleep(SETTLE_MS, signal)
    const full = await census(bench, writer)
    if (!full.isWhole) return skipped('this account has more contacts than a probe reads')
    if (full.high === null)
      return compare(claim, 'none', 'a full scan ends without a bound for the next')
    // Where bounds are written as stamps are, the contact's own stamp is the sharper question.
    const bound = stamp !== null && shape(stamp) === shape(full.high) ? stamp : full.high
    const shown = new Set(idsOf((await census(bench, writer, { since: bound })).rows))
    const seen = shown.has(old) ? 'none' : shown.has(fresh) ? 'inclusive' : 'exclusive'
    const evidence = `since ${bound}: ${shown.size} contacts, the one stamped ${stamp} ${shown.has(fresh) ? 'among' : 'not among'} them`
    return compare(claim, seen, evidence)
  },
}

export const futureCursor: ReadingProbe = {
  name: 'far-future cursor',
  asks: 'Does a bound far in the future show nothing, as a bound that is really applied does?',
  needs: 'reading',
  unless: ({ streams }) =>
    Object.values(streams).every(({ since }) => since === 'none')
      ? 'no stream takes a bound'
      : null,
  async run(bench) {
    const { reader } = bench
    const faults: string[] = []
    const quiet: string[] = []
    const names = (['contacts', 'taggings', 'groupings', 'consents'] as const).filter(
      (stream) => (reader.capabilities.streams[stream]?.since ?? 'none') !== 'none',
    )
    for (const stream of names) {
      const { high } = await census(bench, reader, { stream })
      const future = high?.replace(/^\d{4}/, FUTURE_YEAR) ?? null
      if (future === null || future === high) continue
      const { rows } = await census(bench, reader, { stream, since: future })
      if (rows.length === 0) quiet.push(stream)
      else faults.push(`${stream} since ${future}: ${rows.length} rows`)
    }
    if (faults.length > 0) return differs('nothing', faults.join('; '), faults.join('; '))
    if (quiet.length === 0) return skipped('no stream tells a bound that begins with a year')
    return { kind: 'holds', seen: `nothing (${quiet.join(', ')})` }
  },
}
/** Years beyond 2037 do not fit into the stamps of some databases. */
const FUTURE_YEAR = '2037'

function shape(text: string): string {
  return text.replace(/\d/g, '9')
}
