/** Pairs what the mapping names: every name is resolved on both sides, and a target is given to one rule only. */
import { STANDARD_FIELDS } from '../model/field.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { FieldRule } from './mapping.ts'
import { isCanonical, type Names } from './names.ts'
import { draftOptions, shapeOf } from './new-field.ts'
import { templateNames } from './transform.ts'
import { typeAfter } from './type-after.ts'
import { addPairing, error, extensionsOf, note, type Workbench, warn } from './workbench.ts'

export function pairWritten(rule: FieldRule, place: string, work: Workbench): void {
  const sources = resolveSources(rule, place, work)
  if (rule.to === null || sources === null) return
  const isOverride = rule.isOverride === true
  const allowed = isOverride ? sources : sources.filter(({ path }) => !work.forbidden.has(path))
  if (allowed.length === 0 && rule.from.length > 0) return
  const target = resolveTarget(rule, rule.to, allowed, { place, work })
  if (target === null) return
  if (target.taken && !target.isPlaced) {
    if (work.overridden.has(target.definition.path) && !isOverride) return
    error(work, `${place}.to`, `another rule writes "${rule.to}" already`, {
      hint: 'one target field takes one rule: list several sources in its `from`, the first filled one wins',
    })
    return
  }
  if (isOverride) work.overridden.add(target.definition.path)
  const [first] = allowed
  if (first !== undefined) work.spent.add(first.path)
  for (const [index, source] of allowed.entries()) {
    if (index > 0)
      work.secondChoice.set(
        source.path,
        allowed.slice(0, index).map(({ path }) => path),
      )
  }
  if (allowed.length > 1) {
    const [chosen, ...others] = allowed.map(({ label }) => label)
    const message = `what goes to ${target.definition.label} may come from ${chosen} or, where that is empty, from ${others.join(', ')}: which of them it was is not kept`
    note(work, place, message)
  }
  addPairing(work, {
    rule,
    place,
    sources: allowed,
    target: target.definition,
    isTaken: null,
    extensions: extensionsOf(allowed, target.definition, work),
    isStrict: false,
    insteadOf: null,
    part: null,
  })
}

/** null: the rule is dropped, and a finding says why. Canonical fields that this account lacks are simply not there. */
function resolveSources(
  rule: FieldRule,
  place: string,
  work: Workbench,
): readonly FieldDefinition[] | null {
  const sources: FieldDefinition[] = []
  let isBroken = false
  for (const [index, name] of rule.from.entries()) {
    const where = rule.from.length === 1 ? `${place}.from` : `${place}.from[${index}]`
    const found = work.sources.find(name)
    if (found.kind === 'found') {
      if (!sources.includes(found.definition)) sources.push(found.definition)
      continue
    }
    if (found.kind === 'missing' && isCanonical(name)) continue
    if (found.kind === 'missing' && rule.to === null && !found.hint.startsWith('did')) {
      note(work, where, `${work.from.title} has no field "${name}": nothing to leave behind`)
      continue
    }
    isBroken = true
    complain(work, where, { name, found, title: work.from.title, more: '' })
  }
  for (const name of rule.do.flatMap((one) =>
    one.name === 'template' ? templateNames(one.text) : [],
  )) {
    const found = name === 'value' ? null : work.sources.find(name)
    if (found === null || found.kind === 'found' || isCanonical(name)) continue
    isBroken = true
    complain(work, `${place}.do`, { name, found, title: work.from.title, more: '' })
  }
  if (isBroken) return null
  if (sources.length === 0 && rule.from.length > 0) {
    note(
      work,
      place,
      `${work.from.title} has no ${rule.from.join(' or ')}: the rule has nothing to do`,
    )
    return null
  }
  return sources
}

interface Target {
  readonly definition: FieldDefinition
  readonly taken: boolean
  /** Chosen among free fields just now: taken, but by this rule. */
  readonly isPlaced: boolean
}

function resolveTarget(
  rule: FieldRule,
  to: string,
  sources: readonly FieldDefinition[],
  { place, work }: { readonly place: string; readonly work: Workbench },
): Target | null {
  const found = work.targets.find(to)
  if (found.kind === 'found') {
    const { definition } = found
    if (definition.writable) {
      return { definition, taken: !work.places.take(definition.path), isPlaced: false }
    }
    const hint = 'name another field, or drop the rule: what cannot be set goes to a new field'
    error(work, `${place}.to`, `${work.to.title} does not let "${to}" be written`, { hint })
    return null
  }
  const canonical = isCanonical(to) ? STANDARD_FIELDS[to] : undefined
  if (found.kind === 'missing' && (rule.create || isCanonical(to))) {
    const type = typeAfter(rule, sources, null)
    const [source] = sources
    const bare = to.replace(/^custom\./, '')
    const label = rule.label ?? (rule.create ? source?.label : canonical?.label) ?? bare
    const definition = work.places.place({
      label,
      ...shapeOf(type, draftOptions(rule, source)),
      name: isCanonical(to) ? null : bare,
      onlyIfUsed: !rule.create,
    })
    if (definition !== null) return { definition, taken: true, isPlaced: true }
    warn(work, place, `${work.to.title} has no "${to}" and none can be created: it stays behind`)
    return null
  }
  const more = work.to.capabilities.fields.create ? 'or write `create: true` to make it' : ''
  complain(work, `${place}.to`, { name: to, found, title: work.to.title, more })
  return null
}

function complain(
  work: Workbench,
  path: string,
  about: {
    readonly name: string
    readonly found: ReturnType<Names['find']>
    readonly title: string
    readonly more: string
  },
): void {
  const { name, found, title, more } = about
  if (found.kind === 'ambiguous') {
    const message = `${title} has ${found.candidates.length} fields called "${name}"`
    error(work, path, message, {
      hint: `name one by its path: ${found.candidates.map((one) => one.path).join(', ')}`,
    })
  } else {
    const hint = found.kind === 'missing' ? found.hint : ''
    error(work, path, `${title} has no field "${name}"`, {
      hint: [hint, more].filter((part) => part !== '').join(', '),
    })
  }
}
