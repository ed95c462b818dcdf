/** What people do in an account beside editing contacts, through a connection of their own. */
import type { Writer } from '../../src/connector/connector.ts'
import type { RemoteId } from '../../src/model/id.ts'
import type { NoteDraft } from '../../src/model/note.ts'
import { idOf } from './hands.ts'
import type { Side, World } from './world.ts'

const { signal } = new AbortController()
const NAMES = { from: 'source', to: 'target' } as const

export async function atDesk<T>(
  world: World,
  side: Side,
  work: (writer: Writer) => Promise<T>,
): Promise<T> {
  const app = await world.open()
  try {
    const writer = await app.writer(NAMES[side])
    await writer.catalog(signal)
    return await work(writer)
  } finally {
    await app.close()
  }
}

/** About people by given name. */
export async function addNotes(
  world: World,
  side: Side,
  notes: readonly (readonly [given: string, text: string])[],
): Promise<void> {
  await atDesk(world, side, async ({ noteWriter }) => {
    for (const [given, text] of notes) {
      const draft: Omit<NoteDraft, 'contact'> = { at: null, title: '', kind: 'note', text }
      const contact = idOf(world[side], given) as RemoteId
      await noteWriter?.add({ ...draft, contact }, signal)
    }
  })
}

export async function addCompanies(
  world: World,
  side: Side,
  names: readonly string[],
): Promise<void> {
  await atDesk(world, side, async ({ companyWriter }) => {
    for (const name of names)
      await companyWriter?.create(
        [{ name, fields: { website: `https://${name}.example` } }],
        signal,
      )
  })
}

/** A list of that label. */
export async function addList(
  world: World,
  side: Side,
  list: { readonly label: string; readonly options: readonly string[] },
): Promise<void> {
  await atDesk(world, side, async (writer) => {
    const { label } = list
    const options = list.options.map((value) => ({ value, label: value }))
    const name = label.toLowerCase().replaceAll(' ', '_')
    await writer.createField({ label, name, type: 'choice', options }, signal)
  })
}

/** Gives people, by given name, a value in the field of that label. */
export async function choose(
  world: World,
  side: Side,
  { label, values }: { readonly label: string; readonly values: Readonly<Record<string, string>> },
): Promise<void> {
  await atDesk(world, side, async (writer) => {
    const { fields } = await writer.catalog(signal)
    const path = fields.find((field) => field.label === label)?.path
    if (path === undefined) throw new Error(`there is no field ${label}`)
    for (const [given, value] of Object.entries(values)) {
      const [read] = await writer.fetch([idOf(world[side], given) as RemoteId], signal)
      if (read?.kind !== 'found') throw new Error(`${given} is ${read?.kind}`)
      const none = { add: [], remove: [] }
      const write = { key: given, op: 'update', id: read.id, tags: none, groups: none } as const
      const current = read.sighting
      await writer.write([{ ...write, fields: { [path]: value }, consents: [], current }], signal)
    }
  })
}

export async function startSequence(
  world: World,
  sequence: string,
  people: readonly string[],
): Promise<void> {
  await atDesk(world, 'from', async ({ start }) => {
    for (const given of people) await start?.(sequence, idOf(world.from, given) as RemoteId, signal)
  })
}
