/** Where a command can be cut off: after each commit, after each request that changed something, and in the midst of a batch. */
import type { SimulatedRequest } from '../../src/connector/simulator.ts'
import type { Deed } from './account.ts'
import { type Cut, cutsOf } from './cuts.ts'
import type { Event, Moment, Side, World } from './world.ts'

export interface CrashPoint {
  /**
   * `17` for the seventeenth thing that lasts, `17-2` when only two items of that batch took effect; `17.4` for the fourth thing that lasts of
   * the recovery from there. The same whether all of them are looked at or some.
   */
  readonly name: string
  /** What had just lasted. */
  readonly after: string
  readonly moment: Moment
}

/** Of the commits that only keep the place of the work one in so many is a place, where not all are asked for. */
const THINNED = { reading: 24, writing: 10 } as const

/** The tables of reading and of keeping one's place: what is lost of them is done again. */
const READING = /^(scans|staged_|told_|directory|documents|slices|leases|meta|runs|audit)/

/** Places are not taken when they are like one that was. */
export interface Seen {
  readonly likenesses: Set<string>
  /** So many were not. */
  alike: number
}
export interface Taking {
  readonly takesAll: boolean
  readonly seen?: Seen
  /** All the same. */
  readonly takesAlike?: boolean
}

/** Fills `points` while the world works. */
export function watch(
  world: World,
  points: CrashPoint[],
  { takesAll, seen, takesAlike = false }: Taking,
): (event: Event) => void {
  let count = 0
  let isWriting = false
  let sending = ''
  const keep = (after: string, cut?: { readonly side: Side; readonly of: Cut }) => {
    if (seen !== undefined) {
      const likeness = `${world.likeness()} ${cut?.of.request.body ?? ''}`
      if (seen.likenesses.has(likeness) && !takesAlike) {
        seen.alike += 1
        return
      }
      seen.likenesses.add(likeness)
    }
    const moment = world.moment()
    points.push(
      cut === undefined
        ? { name: `${count}`, after, moment }
        : {
            name: `${count}-${cut.of.done}`,
            after,
            moment: withDeed(moment, cut.side, cut.of.request),
          },
    )
  }
  return (event) => {
    switch (event.kind) {
      case 'commit': {
        count += 1
        const tables = [...event.tables].sort()
        if (tables.some((table) => /^(plans|vocabulary|journal|links)$/.test(table)))
          isWriting = true
        const isKept = tables.some((table) => !READING.test(table)) || tables.join() === 'runs'
        const thinned = isWriting ? THINNED.writing : THINNED.reading
        if (takesAll || isKept || count % thinned === 0) keep(`the commit to ${tables.join(', ')}`)
        return
      }
      case 'sending': {
        count += 1
        sending = said(event.request)
        const cuts = cutsOf(event.request)
        const half = Math.ceil((cuts.length + 1) / 2)
        for (const cut of cuts)
          if (takesAll || cut.done === half)
            keep(`${cut.done} of ${cut.of} items of ${sending}`, { side: event.side, of: cut })
        return
      }
      case 'sent':
        keep(sending)
    }
  }
}

function said({ method, url, body }: SimulatedRequest): string {
  const operation = /<methodName>([^<]+)|<(\w+)Request\b|%3C(\w+)Request/.exec(body)
  return `${method} ${url.split('?')[0]} ${operation?.slice(1).find(Boolean) ?? ''}`.trim()
}

function withDeed(moment: Moment, side: Side, request: SimulatedRequest): Moment {
  const deed: Deed = { at: moment.now, request }
  return { ...moment, deeds: { ...moment.deeds, [side]: [...moment.deeds[side], deed] } }
}
