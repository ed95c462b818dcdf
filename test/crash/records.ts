/** What an account keeps beside contacts: words, notes, companies, who is in a sequence. Names and texts only, of whom they are by portrait. */
import type { Reader } from '../../src/connector/connector.ts'
import { withoutOrigin } from '../../src/model/note.ts'
import { portrait } from './account.ts'
import type { World } from './world.ts'

export interface Records {
  /** Names of all tags and groups, and how many fields there are. */
  readonly words: readonly string[]
  /** Of each list the options, in order. */
  readonly options: readonly string[]
  readonly notes: readonly string[]
  readonly companies: readonly string[]
  readonly sequences: readonly string[]
}

const { signal } = new AbortController()
const NONE: Records = { words: [], options: [], notes: [], companies: [], sequences: [] }

/** Of the target. */
export async function recordsOf(world: World): Promise<Records> {
  if (world.to.spec.platform === 'file') return NONE
  const app = await world.open()
  try {
    const reader = await app.reader('target')
    const { fields, tags, groups } = await reader.catalog(signal)
    const people = new Map(world.to.simulator.snapshot().map((one) => [one.id, portrait(one)]))
    const whoIs = (id: string) => people.get(id) ?? 'nobody there'
    return {
      words: [
        `${fields.length} fields`,
        ...tags.map(({ name }) => `tag ${name}`).sort(),
        ...groups.map(({ name }) => `group ${name}`).sort(),
      ],
      options: fields
        .flatMap(({ label, path, options }) =>
          options === null || !path.startsWith('custom.')
            ? []
            : [`${label}: ${options.map(({ value }) => value).join(', ')}`],
        )
        .sort(),
      notes: await notesAt(reader, whoIs),
      companies: await companiesAt(reader),
      sequences: await sequencesAt(reader, whoIs),
    }
  } finally {
    await app.close()
  }
}

async function notesAt(
  { notes }: Reader,
  whoIs: (id: string) => string,
): Promise<readonly string[]> {
  if (notes === undefined) return []
  return everyPage(async (position) => {
    const page = await notes.page({ since: null, position }, signal)
    const found = page.notes.map(({ contact, at, kind, text }) => {
      const isCopy = withoutOrigin(text).origin !== null
      return JSON.stringify([whoIs(contact), isCopy ? at : null, kind, text])
    })
    return { found, next: page.next }
  })
}

async function companiesAt({ companies }: Reader): Promise<readonly string[]> {
  if (companies === undefined) return []
  return everyPage(async (position) => {
    const page = await companies.page({ since: null, position }, signal)
    const found = page.companies.map(({ name, fields }) => JSON.stringify([name, fields]))
    return { found, next: page.next }
  })
}

async function sequencesAt(
  { sequences }: Reader,
  whoIs: (id: string) => string,
): Promise<readonly string[]> {
  if (sequences === undefined) return []
  const all = await sequences.list(signal)
  const members = all.map(({ id, name }) =>
    everyPage(async (position) => {
      const page = await sequences.members({ sequence: id, position }, signal)
      return { found: page.contacts.map((one) => `${name} ${whoIs(one)}`), next: page.next }
    }),
  )
  return (await Promise.all(members)).flat()
}

async function everyPage(
  read: (position: string | null) => Promise<{
    readonly found: readonly string[]
    readonly next: string | null
  }>,
): Promise<readonly string[]> {
  const all: string[] = []
  for (let position: string | null = null; ; ) {
    const { found, next }: Awaited<ReturnType<typeof read>> = await read(position)
    all.push(...found)
    if (next === null) return all.sort()
    position = next
  }
}
