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
}
export interface Needs {
  /** What a run asks when nothing at all has changed. */
  readonly idle: Readonly<Record<Side, number>>
  readonly platforms: Readonly<Record<Side, string>>
  /** People edited by people, and records that the run before wrote: their stamps are new, and only reading them tells what they are. */
  readonly changed: Readonly<Record<Side, number>>
  readonly written: Readonly<Record<Side, Written>>
}

interface Platform {
  /** Rows of a page of what changed. */
  readonly page: number
  /** Contacts of one look by id, and the requests it takes. */
  readonly look: { readonly contacts: number; readonly requests: number }
  writes(written: Written): number
}

const PLATFORMS: Readonly<Record<string, Platform>> = {
  infusionsoft: {
    page: 1_000,
    // Contacts, their tags and their opt states are three tables.
    look: { contacts: 200, requests: 3 },
    // Each is a call of its own there.
    writes: ({ fields, memberships, optOuts }) => fields + memberships + optOuts,
  },
  adaptix: {
    page: 200,
    look: { contacts: 200, requests: 1 },
    // Fields and tags of two hundred people go in one; an opt-out has a call of its own.
    writes: ({ records, optOuts }) => pages(records, 200) + optOuts,
  },
}

export function needed({ idle, platforms, changed, written }: Needs): number {
  return SIDES.reduce((sum, side) => {
    const platform = PLATFORMS[platforms[side]]
    if (platform === undefined) throw new Error(`nobody has counted for ${platforms[side]}`)
    const other = side === 'from' ? 'to' : 'from'
    const look = (contacts: number) =>
      pages(contacts, platform.look.contacts) * platform.look.requests
    const more = Math.max(0, pages(changed[side], platform.page) - 1)
    // Counterparts of who changed there; then a look before the writes, and one after them.
    const looks = look(changed[other]) + 2 * look(written[side].records)
    return sum + idle[side] + more + looks + platform.writes(written[side])
  }, 0)
}

function pages(rows: number, page: number): number {
  return Math.ceil(rows / page)
}
