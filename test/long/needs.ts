/** What a run cannot do without, in requests: counted from who was edited and what had to be written, never from what was sent. */
import type { Side } from '../../src/model/id.ts'
import { SIDES } from '../../src/model/id.ts'

/** What had to be written to one side. */
export interface Written {
  readonly records: number
  /** Records whose fields change. */
  readonly fields: number
  readonly memberships: number
  readonly optOuts: number
  /** Tags that the account did not have. */
  readonly words: number
}
export interface Happened {
  /** People edited by people. */
  readonly edited: number
  /** These, and records that the run before wrote: their stamps are new, and only reading them tells what they are. */
  readonly changed: number
  /** Contacts that wait for a decision, and are looked at each time: as many as when nothing had changed, and now. */
  readonly waiting: { readonly idle: number; readonly now: number }
  /** Tags that a contact has, on average. */
  readonly tagsEach: number
  readonly written: Written
}
export interface Needs {
  /** What a run asks when nothing at all has changed. */
  readonly idle: Readonly<Record<Side, number>>
  readonly platforms: Readonly<Record<Side, string>>
  readonly happened: Readonly<Record<Side, Happened>>
}

export const PURPOSES = ['idle', 'pages', 'counterparts', 'before', 'after', 'writes'] as const
export type Needed = Readonly<Record<(typeof PURPOSES)[number], number>>

interface Platform {
  /** Further requests for what changed, beyond those of a run without changes; the tags of who changed included. */
  pages(happened: Happened): number
  /** One look at so many contacts by id. */
  look(contacts: number, happened: Happened): number
  writes(written: Written): number
}

const PLATFORMS: Readonly<Record<string, Platform>> = {
  infusionsoft: {
    // A thousand rows a page. The contacts' table does not tell their tags; those of waiting contacts come in the same pages.
    pages: ({ changed, waiting, tagsEach }) =>
      Math.max(0, pages(changed, 1_000) - 1) +
      pages((changed + waiting.now) * tagsEach, 1_000) -
      pages(waiting.idle * tagsEach, 1_000),
    // Contacts and their tags are two tables, each by a list of at most a thousand ids.
    look: (contacts, { tagsEach }) => pages(contacts, 1_000) + pages(contacts * tagsEach, 1_000),
    // Each is a call of its own there.
    writes: ({ fields, memberships, optOuts, words }) => fields + memberships + optOuts + words,
  },
  adaptix: {
    // The first page took the place of one without rows, which was asked for twice to be believed.
    pages: ({ changed }) => (changed === 0 ? 0 : pages(changed, 200) - 2),
    look: (contacts) => pages(contacts, 200),
    // Fields and tags of two hundred people go in one; an opt-out and a new tag have a call of their own.
    writes: ({ records, optOuts, words }) => pages(records, 200) + optOuts + words,
  },
}

export function needed({ idle, platforms, happened }: Needs): Readonly<Record<Side, Needed>> {
  const of = (side: Side): Needed => {
    const platform = PLATFORMS[platforms[side]]
    if (platform === undefined) throw new Error(`nobody has counted for ${platforms[side]}`)
    const mine = happened[side]
    // Who was edited over there must be seen here; what the run before wrote there equals what it read back.
    const { edited } = happened[side === 'from' ? 'to' : 'from']
    const look = platform.look(mine.written.records, mine)
    return {
      idle: idle[side],
      pages: platform.pages(mine),
      counterparts: platform.look(edited, mine),
      before: look,
      after: look,
      writes: platform.writes(mine.written),
    }
  }
  return { from: of('from'), to: of('to') }
}

export function sumOf(needs: Readonly<Record<Side, Needed>>): number {
  return SIDES.reduce(
    (sum, side) => sum + PURPOSES.reduce((all, purpose) => all + needs[side][purpose], 0),
    0,
  )
}

function pages(rows: number, page: number): number {
  return Math.ceil(rows / page)
}
