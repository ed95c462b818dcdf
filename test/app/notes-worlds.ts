/** Accounts with notes, and what must hold of them whatever happened. */
import { expect } from 'vitest'
import type { RemoteId } from '../../src/model/id.ts'
import { copies, GUARDS, notesOf, type worldsOfATest } from './record-worlds.ts'
import { type TwoAccounts, type TwoAccountsOptions, using } from './two-accounts.ts'

export interface NotesWorld {
  readonly seed?: number
  readonly sync?: string
  readonly from?: Partial<TwoAccountsOptions['from']>
  readonly to?: Partial<TwoAccountsOptions['to']>
}
/** Accounts with notes at the source. */
export function notesWorld(
  open: ReturnType<typeof worldsOfATest>,
  [from, to]: readonly [string, string],
  more: NotesWorld = {},
): TwoAccounts {
  const quirks = (platform: string) => (platform === 'infusionsoft' ? { notes: 3 } : {})
  return open({
    from: { platform: from, contacts: PEOPLE, quirks: quirks(from), ...more.from },
    to: { platform: to, contacts: 2, ...more.to },
    seed: more.seed ?? 7,
    sync: GUARDS + (more.sync ?? ''),
  })
}

export async function linked(on: TwoAccounts): Promise<ReadonlyMap<RemoteId, RemoteId>> {
  return using(on, async (app) => {
    const ids = on.from.snapshot().map(({ id }) => id as RemoteId)
    const links = await app.store.links.byFrom('move', ids)
    return new Map(links.map(({ fromId, toId }) => [fromId, toId]))
  })
}

/** Every note of somebody who is at the target is there once, and belongs to the right person. */
export async function expectNotesWhole(on: TwoAccounts): Promise<number> {
  const [links, there] = [await linked(on), await copies(on)]
  const wanted = (await notesOf(on, 'from')).filter(({ contact }) => links.has(contact))
  expect([...there.values()].filter((same) => same.length > 1)).toEqual([])
  expect([...there.keys()].sort()).toEqual(wanted.map(({ id }) => id).sort())
  for (const note of wanted) {
    const [copy] = there.get(note.id) ?? []
    expect(copy?.contact).toBe(links.get(note.contact))
    expect(copy?.text.replace(/\s+/g, ' ')).toContain(
      note.text.replaceAll(/<[^>]*>/g, '').replace(/\s+/g, ' '),
    )
    expect(copy?.at).toBe(note.at)
  }
  return wanted.length
}
const PEOPLE = 40
