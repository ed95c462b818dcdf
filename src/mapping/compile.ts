/** A mapping meets both accounts: every name is resolved, every missing field drafted, every rule made ready to run. */
import { elementsOf } from './elements.ts'
import { fingerprint } from './fingerprint.ts'
import type { CompiledMapping, CompiledRule, Mapping, MappingFinding } from './mapping.ts'
import { namesOf } from './names.ts'
import { ownerTable } from './owners.ts'
import { pair } from './pair.ts'
import { mirrorOf, wayBack } from './mirror.ts'
import { ruleOf } from './rule.ts'
import type { MappingSide } from './side.ts'
import type { Pairing } from './workbench.ts'

export interface CompileInput {
  readonly mapping: Mapping
  readonly from: MappingSide
  readonly to: MappingSide
  readonly direction: 'one-way' | 'two-way'
}

/** Pure, and the same for the same input. What is wrong stands in `warnings`, errors first; a rule with an error is left out. */
export function compile({ mapping, from, to, direction }: CompileInput): CompiledMapping {
  const pairs = pair(mapping, from, to)
  const owners = ownerTable(mapping.owners, from.catalog.owners, to.catalog.owners)
  const usesOwners = pairs.pairings.some(({ target }) => target.path === 'owner')
  const around = {
    from,
    to,
    direction,
    addsOptions: mapping.options === 'auto',
    sources: namesOf(from.catalog.fields),
    owners,
    reversed: new Set<string>(),
    made: new Map<Pairing, CompiledRule>(),
  }
  const back = direction === 'two-way' ? wayBack(mapping, pairs, { from, to }) : null
  const pairings = [...pairs.pairings, ...(back?.pairings ?? [])]
  const made = pairings.map((pairing) => {
    const one = ruleOf(pairing, around)
    around.made.set(pairing, one.rule)
    return one
  })
  const sound = made.filter(({ findings }) => !findings.some(({ level }) => level === 'error'))
  const { tags, groups } = from.catalog
  const elements = elementsOf({ mapping, tags, groups, target: to })
  const read = new Set(pairings.flatMap(({ sources }) => sources))
  const compiled = {
    name: mapping.name,
    fingerprint: fingerprint({
      mapping,
      direction,
      read: [...read],
      written: pairings.map(({ target }) => target),
      pairs: sound.map(({ rule }) => [rule.from, rule.to]),
      owners: usesOwners ? owners.values : null,
      shared: elements.shared,
    }),
    rules: sound.map(({ rule }) => rule),
    listed: new Set(from.catalog.fields.map(({ path }) => path)),
    fieldDrafts: pairs.drafts,
    marker: pairs.marker?.definition ?? null,
    isMarkerDrafted: pairs.marker?.isDrafted ?? false,
    tagTarget: elements.tagTarget,
    groupTarget: elements.groupTarget,
    warnings: [
      ...pairs.findings,
      ...made.flatMap(({ findings }) => findings),
      ...(usesOwners ? owners.findings : []),
      ...elements.findings,
      ...permission({ from, to }),
      ...withoutSequences({ mapping, from, to }),
      ...withoutNotes({ mapping, from, to }),
      ...keeping(mapping, to),
    ].toSorted(byLevel),
  }
  const mirror = back === null ? null : mirrorOf(mapping, compiled, { from, to, back, elements })
  return { ...compiled, mirror }
}

/** Where nobody is mailed without an opt-in of their own, everybody arrives silent: known beforehand, since no sync may change it. */
function permission({ from, to }: Pick<CompileInput, 'from' | 'to'>): readonly MappingFinding[] {
  if (to.capabilities.consent.mailsNew !== false) return []
  const message = `${to.title} mails no address that is new there: whoever may be mailed at ${from.title} arrives without that permission`
  const hint = 'have them opt in there, or import their permission by hand: a sync writes no opt-in'
  return [{ level: 'warning', path: 'consent', message, hint }]
}

/** Somewhere else the second of a pair would be merged into the first, or refused. */
function keeping(
  { duplicates }: Mapping,
  { capabilities, title }: MappingSide,
): readonly MappingFinding[] {
  const { create } = capabilities
  if (duplicates !== 'keep' || create === false || create.onTakenEmail === 'doubles') return []
  const message = `${title} does not let contacts share an e-mail: those who do cannot be kept apart there`
  const hint = 'write `duplicates: hold`, first, newest or merge'
  return [{ level: 'error', path: 'duplicates', message, hint }]
}

function withoutNotes({
  mapping,
  from,
  to,
}: Pick<CompileInput, 'mapping' | 'from' | 'to'>): readonly MappingFinding[] {
  const travel = to.capabilities.notes?.add === true
  if (mapping.notes !== 'records' || from.capabilities.notes?.read !== true || travel) return []
  const message = `${to.title} keeps no notes: those of ${from.title} stay there`
  const hint = 'keep a backup of them, or write `notes: field` once you know'
  return [{ level: 'warning', path: 'notes', message, hint }]
}

/** Starting people in sequences needs a platform that says who is in one, and one that takes them. */
function withoutSequences({
  mapping,
  from,
  to,
}: Pick<CompileInput, 'mapping' | 'from' | 'to'>): readonly MappingFinding[] {
  if (Object.keys(mapping.sequences).length === 0) return []
  const problems = [
    ...(from.capabilities.sequences?.read === true ? [] : [`${from.title} tells of no sequences`]),
    ...(to.capabilities.sequences?.start === true ? [] : [`${to.title} can start no sequence`]),
  ]
  const hint = 'take `sequences` out of the mapping'
  return problems.map((message) => ({ level: 'error', path: 'sequences', message, hint }))
}

/** Findings that forbid planning. */
export function errorsOf(compiled: CompiledMapping): readonly MappingFinding[] {
  return compiled.warnings.filter(({ level }) => level === 'error')
}

const LEVELS = ['error', 'warning', 'note']
export function byLevel(a: MappingFinding, b: MappingFinding): number {
  return LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level)
}
