/** What an undo names as left, in the platform's own words, to be held against what really is not as before. */
import { expect } from 'vitest'
import type { Reader } from '../../src/connector/connector.ts'
import type { Op, OpLoss } from '../../src/plan/op.ts'
import type { PlanHeader } from '../../src/plan/plan.ts'
import type { TwoAccounts } from './two-accounts.ts'
import { allOps, nameOf, planOf, slotsOf, type Truth, truth } from './undo-truth.ts'

const { signal } = new AbortController()

/** An account with all it keeps. */
export interface Standing {
  readonly people: ReadonlyMap<string, Truth>
  readonly fields: readonly string[]
  readonly tags: readonly string[]
  readonly groups: readonly string[]
  readonly options: ReadonlyMap<string, readonly string[]>
  readonly companies: readonly string[]
  readonly notes: readonly string[]
}

export async function standingOf(accounts: TwoAccounts): Promise<Standing> {
  const app = await accounts.open({ mayWrite: false })
  try {
    const reader = await app.reader('target')
    const { fields, tags, groups } = await reader.catalog(signal)
    return {
      people: truth(accounts.to),
      fields: fields.map(({ label }) => label),
      tags: tags.map(({ name }) => name),
      groups: groups.map(({ name }) => name),
      options: new Map(
        fields.flatMap(({ label, options }) =>
          options === null ? [] : [[label, options.map(({ value }) => value)]],
        ),
      ),
      companies: await companiesAt(reader),
      notes: await notesAt(reader),
    }
  } finally {
    await app.close()
  }
}

/**
 * Everything is as before, but for what the plan names: of each contact the very slots, and the very fields, tags, groups and options. Companies and notes
 * that were there are there; an account may make companies of its own for people who name one. `edited`: what people did since, by contact.
 */
export async function expectRestored(
  accounts: TwoAccounts,
  {
    before,
    plan,
    edited = new Map(),
  }: {
    readonly before: Standing
    readonly plan: string
    readonly edited?: ReadonlyMap<string, readonly string[]>
  },
): Promise<void> {
  const now = await standingOf(accounts)
  const [ops, naming] = [await allOps(accounts, plan), await namingAt(accounts)]
  for (const [id, was] of before.people) {
    const op = ops.get(id)
    const differing = slotsOf(was, now.people.get(id)).map(nameOf)
    const named = [...(op === undefined ? [] : naming(op)), ...(edited.get(id) ?? [])]
    expect(sorted(differing), `${id}: ${JSON.stringify(op?.losses)}`).toEqual(sorted(named))
  }
  expectBeside(now, before, await planOf(accounts, plan))
}

function expectBeside(now: Standing, before: Standing, { undoes, warnings }: PlanHeader): void {
  const left = undoes?.left
  for (const kind of ['fields', 'tags', 'groups'] as const)
    expect(sorted(now[kind]), kind).toEqual(sorted([...before[kind], ...(left?.[kind] ?? [])]))
  const added = [...before.options].flatMap(([label, options]) => {
    const more = (now.options.get(label) ?? []).filter((option) => !options.includes(option))
    return more.length === 0 ? [] : [`${label}: ${more.join(', ')}`]
  })
  expect(sorted(added)).toEqual(sorted(left?.options ?? []))
  expect(now.notes).toEqual(expect.arrayContaining([...before.notes]))
  // Those of people who go may go with them.
  const stay = /cannot be undone: (\d+) notes were added/.exec(warnings.join('\n'))
  expect(now.notes.length - before.notes.length).toBeLessThanOrEqual(Number(stay?.[1] ?? 0))
  expect(now.companies).toEqual(expect.arrayContaining([...before.companies]))
  const companies = now.companies.length - before.companies.length
  const said = /created by the run, and not removed: (\d+) companies/.exec(warnings.join('\n'))
  expect(companies).toBeGreaterThanOrEqual(Number(said?.[1] ?? 0))
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}

/** The slots that an op of an undo says it leaves. */
export async function namingAt(accounts: TwoAccounts): Promise<(op: Op) => readonly string[]> {
  const app = await accounts.open({ mayWrite: false })
  try {
    const { fields, tags, groups } = await (await app.reader('target')).catalog(signal)
    const natives = new Map(fields.map(({ path, native }) => [path, native]))
    const words = (kind: string, known: readonly { key: string; name: string }[]) => {
      const names = new Map(known.map(({ key, name }) => [key, name]))
      return (key: string | null) => `${kind}: ${names.get(key ?? '') ?? key}`
    }
    const [tag, group] = [words('tag', tags), words('group', groups)]
    const emails = new Map(accounts.to.snapshot().map((one) => [one.id, one.emails[0]]))
    // Without an address it is about that of the contact.
    const optOut = ({ before }: OpLoss, { toId }: Op) =>
      `opted out: ${before || emails.get(toId?.split(/\W/).at(-1) ?? '')}`
    const slotOf = (loss: OpLoss, op: Op): string => {
      const { field, before } = loss
      if (field === 'tags') return tag(before)
      if (field === 'groups') return group(before)
      return field.startsWith('consent.') ? optOut(loss, op) : (natives.get(field) ?? field)
    }
    return (op) => op.losses.map((loss) => slotOf(loss, op))
  } finally {
    await app.close()
  }
}

async function companiesAt({ companies }: Reader): Promise<readonly string[]> {
  const all: string[] = []
  for (let position: string | null = null; companies !== undefined; ) {
    const page: Awaited<ReturnType<typeof companies.page>> = await companies.page(
      { since: null, position },
      signal,
    )
    all.push(...page.companies.map(({ id, name, fields }) => JSON.stringify([id, name, fields])))
    if (page.next === null) break
    position = page.next
  }
  return all
}

async function notesAt({ notes }: Reader): Promise<readonly string[]> {
  const all: string[] = []
  for (let position: string | null = null; notes !== undefined; ) {
    const page: Awaited<ReturnType<typeof notes.page>> = await notes.page(
      { since: null, position },
      signal,
    )
    all.push(...page.notes.map(({ id, contact, text }) => JSON.stringify([id, contact, text])))
    if (page.next === null) break
    position = page.next
  }
  return all
}
