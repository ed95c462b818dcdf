/** Whether a scan may be believed: its order, its end, its pages asked for twice, and two of them side by side. */
import type { Bench } from '../bench.ts'
import { type Census, census, idsOf, sightingsOf, TooMuch } from '../census.ts'
import { compare, differs, faultless, holds, type ReadingProbe } from '../probe.ts'

/** Small enough that the accounts of tests have several pages. */
const PAGE_ROWS = 7

export const rowOrder: ReadingProbe = {
  name: 'row order',
  asks: 'Are rows in an order of their own, so that no page shows a row of another page again?',
  needs: 'reading',
  async run(bench) {
    const reader = bench.open({ pageSize: PAGE_ROWS })
    const read = await census(bench, reader)
    const { paging } = reader.capabilities.streams.contacts ?? {}
    const ids = idsOf(read.rows)
    const repeats = ids.length - new Set(ids).size
    if (!read.isWhole) {
      return repeats === 0 || paging === 'two-passes'
        ? holds(`${paging}: ${ids.length} rows, none twice, then stopped`)
        : differs(paging ?? 'none', 'rows come twice', `${repeats} of ${ids.length} rows`)
    }
    const faults = [
      // Two passes show everybody again by design.
      ...(repeats > 0 && paging !== 'two-passes' ? [`${repeats} of ${ids.length} rows twice`] : []),
      ...(read.isProven ? [] : ['a scan of a quiet account does not prove itself']),
    ]
    return faultless(`${paging}, proven`, faults, `${paging}, ${ids.length} rows, proven`)
  },
}

export const endOfData: ReadingProbe = {
  name: 'end of data',
  asks: 'Does a scan end where the rows end, whatever the size of the last page?',
  needs: 'reading',
  async run(bench) {
    const first = await whole(bench, PAGE_ROWS)
    const wanted = setOf(first)
    const count = wanted.split(' ').length
    const faults: string[] = []
    // A last page that is full, one that holds a single row, and all in one.
    for (const pageSize of new Set([count, count - 1, Math.ceil(count / 2), count + 1])) {
      if (pageSize < 1) continue
      const again = await whole(bench, pageSize)
      if (setOf(again) !== wanted) faults.push(`other rows with ${pageSize} a page`)
      if (!again.isProven) faults.push(`not proven with ${pageSize} a page`)
    }
    const last = first.positions.at(-1) ?? null
    const reader = bench.open({ pageSize: PAGE_ROWS })
    const tail = await reader.scan(
      { stream: 'contacts', since: null, overlapMs: 0, position: last, fields: [] },
      bench.signal,
    )
    if (tail.next !== null && first.pages.at(-1)?.rows.length !== tail.rows.length) {
      faults.push('the last page, asked for again, is not the same')
    }
    return faultless('every row, then the end', faults, `every row, then the end: ${count}`)
  },
}

export const samePosition: ReadingProbe = {
  name: 'same position twice',
  asks: 'Does the same position show the same page again?',
  needs: 'reading',
  async run(bench) {
    const reader = bench.open({ pageSize: PAGE_ROWS })
    const ask = (position: string | null) =>
      reader.scan(
        { stream: 'contacts', since: null, overlapMs: 0, position, fields: [] },
        bench.signal,
      )
    const first = await ask(null)
    const position = first.next
    const shown: string[] = []
    for (let time = 0; time < 2; time += 1) shown.push(idsOf((await ask(position)).rows).join(' '))
    return compare(
      'the same page',
      shown[0] === shown[1] ? 'the same page' : 'another page',
      shown.join(' | '),
    )
  },
}

export const twoReads: ReadingProbe = {
  name: 'two reads equal',
  asks: 'Do two scans of a quiet account show the same, and does the second tell of changes by error?',
  needs: 'reading',
  async run(bench) {
    const [one, two] = [await whole(bench, PAGE_ROWS), await whole(bench, PAGE_ROWS)]
    const before = sightingsOf(one.rows)
    const changed = [...sightingsOf(two.rows)].filter(
      ([id, sighting]) => JSON.stringify(before.get(id)) !== JSON.stringify(sighting),
    )
    const seen = changed.length === 0 && setOf(one) === setOf(two) ? 'equal' : 'different'
    const names = changed.map(([id]) => id).join(', ')
    return compare('equal', seen, `contacts that look different at the second read: ${names}`)
  },
}

async function whole(bench: Bench, pageSize: number): Promise<Census> {
  const read = await census(bench, bench.open({ pageSize }))
  if (!read.isWhole) throw new TooMuch('contacts')
  return read
}

function setOf(read: Census): string {
  return [...new Set(idsOf(read.rows))].sort().join(' ')
}
