/** Who at the source is who at the target: as the mapping says, else by equal e-mail or name. */
import { normEmail } from '../model/email.ts'
import type { Owner } from '../model/vocabulary.ts'
import type { MappingFinding } from './mapping.ts'

export interface OwnerTable {
  /** Source owner, by key, name or e-mail, to the target's key. */
  readonly values: Readonly<Record<string, string>>
  /** The target's owners by name and e-mail, for a text that names one. */
  readonly named: Readonly<Record<string, string>>
  readonly findings: readonly MappingFinding[]
}

export function ownerTable(
  owners: Readonly<Record<string, string>>,
  from: readonly Owner[],
  to: readonly Owner[],
): OwnerTable {
  const values: Record<string, string> = {}
  const findings: MappingFinding[] = []
  const say = (person: Owner, target: Owner): void => {
    for (const name of spellings(person)) values[name] ??= target.key
  }
  for (const [source, target] of Object.entries(owners)) {
    const there = find(to, target)
    const here = find(from, source)
    if (there === null) {
      const message = `the target has no owner "${target}"`
      const hint = to.length === 0 ? '' : `known there: ${to.map(({ name }) => name).join(', ')}`
      findings.push({ level: 'error', path: `owners.${source}`, message, hint })
    } else if (here === null) values[source] ??= there.key
    else say(here, there)
  }
  for (const person of from) {
    if (person.key in values) continue
    const email = person.email
    const there = (email === null ? null : find(to, email)) ?? find(to, person.name)
    if (there !== null) say(person, there)
  }
  const alone = from.filter(({ key }) => !(key in values)).map(({ name }) => name)
  if (alone.length > 0 && to.length > 0) {
    const message = `no owner at the target for ${alone.join(', ')}`
    const hint = 'name them under `owners`; until then their contacts travel without an owner'
    findings.push({ level: 'note', path: 'owners', message, hint })
  }
  return { values, named: namedThere(owners, to), findings }
}

/** A name that two people have names nobody. */
function namedThere(
  owners: Readonly<Record<string, string>>,
  to: readonly Owner[],
): Readonly<Record<string, string>> {
  const named: Record<string, string> = {}
  for (const text of [...to.flatMap(spellings), ...Object.keys(owners)]) {
    const person = find(to, owners[text] ?? text)
    if (person !== null) named[text] = person.key
  }
  return named
}

/** Source owner, by key, to a text that names nobody else: for a target that keeps the owner as text. */
export function ownerNames(owners: readonly Owner[]): Readonly<Record<string, string>> {
  const shared = Map.groupBy(owners, ({ name }) => normEmail(name))
  return Object.fromEntries(
    owners.map(({ key, name, email }) => {
      const isShared = (shared.get(normEmail(name))?.length ?? 0) > 1
      return [key, isShared ? (email ?? name) : name]
    }),
  )
}

/** By key, else by the one that has this name or e-mail. */
function find(owners: readonly Owner[], text: string): Owner | null {
  const byKey = owners.find(({ key }) => key === text)
  if (byKey !== undefined) return byKey
  const wanted = normEmail(text)
  const same = owners.filter((owner) => spellings(owner).some((name) => normEmail(name) === wanted))
  return same.length === 1 ? (same[0] ?? null) : null
}

function spellings({ key, name, email }: Owner): readonly string[] {
  return email === null ? [key, name] : [key, name, email]
}
