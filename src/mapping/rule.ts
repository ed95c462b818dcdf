/** Makes a pairing of fields into a rule that projects: the way there and, for two-way syncs, the way back. */
import type { FieldPath, ValueType } from '../model/field.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import { conversion } from './convert.ts'
import { growthOf } from './growth.ts'
import type { CompiledRule, Growth, MappingFinding, Transform } from './mapping.ts'
import type { Names } from './names.ts'
import { type OwnerTable, ownerNames } from './owners.ts'
import { projector } from './project.ts'
import type { MappingSide } from './side.ts'
import {
  convert,
  fitLength,
  fitOptions,
  fitRules,
  listed,
  onlyExtension,
  type Step,
  translate,
  withoutExtension,
} from './steps.ts'
import { changeOf, inverseOf, templateNames } from './transform.ts'
import { transformText } from './transform-text.ts'
import { typeAfter } from './type-after.ts'
import { strictly } from './strict.ts'
import type { Pairing, PhonePart } from './workbench.ts'

export interface RuleSurroundings {
  readonly from: MappingSide
  readonly to: MappingSide
  readonly direction: 'one-way' | 'two-way'
  readonly sources: Names
  readonly owners: OwnerTable
  /** Lists of options may be added to. */
  readonly addsOptions: boolean
  /** Source paths that an earlier rule writes on the way back. */
  readonly reversed: Set<FieldPath>
  /** What was made of the pairings before this one. */
  readonly made: Map<Pairing, CompiledRule>
}

export function ruleOf(
  pairing: Pairing,
  around: RuleSurroundings,
): { readonly rule: CompiledRule; readonly findings: readonly MappingFinding[] } {
  const { rule, sources, target } = pairing
  const resolve = (name: string): FieldPath | null => {
    const found = around.sources.find(name)
    return found.kind === 'found' ? found.definition.path : null
  }
  const named = rule.do.flatMap((one) => (one.name === 'template' ? templateNames(one.text) : []))
  const templated = named.flatMap((name) => resolve(name) ?? [])
  const read = sources.length > 0 ? sources.map(({ path }) => path) : templated
  const country = rule.do.some((one) => one.name === 'e164' && one.region === null)
    ? resolve(COUNTRY)
    : null
  const changes = rule.do.map((one) =>
    changeOf(one, { writesDate: isDate(target.type), countryPath: country, resolve }),
  )
  const growth = growthThere(pairing, around)
  const projected = projector({
    path: target.path,
    from: read,
    extensions: sources.length > 0 ? pairing.extensions : [],
    isTaken: takenBefore(pairing, around),
    blank: rule.blank,
    changes,
    fillsBlank: rule.do.some(({ name }) => name === 'default' || name === 'template'),
    steps: stepsThere(pairing, around, growth),
  })
  const project = pairing.isStrict ? strictly(projected, pairing) : projected
  const also = [...templated, ...pairing.extensions, country].filter((path) => path !== null)
  return {
    rule: {
      to: target.path,
      definition: target,
      from: [...new Set([...read, ...also])],
      title: titleOf(pairing),
      blank: rule.blank,
      owner: rule.owner,
      conflict: rule.conflict,
      growth,
      project,
      reverse: around.direction === 'two-way' ? reverseOf(pairing, around) : null,
    },
    findings: judge(pairing),
  }
}

const COUNTRY = 'addresses.main.country'

function takenBefore(
  { isTaken, insteadOf }: Pairing,
  { made }: RuleSurroundings,
): Pairing['isTaken'] {
  const narrow = insteadOf === null ? undefined : made.get(insteadOf)
  if (narrow === undefined) return isTaken
  return (source) => isTaken?.(source) === true || narrow.project(source).kind === 'value'
}

function stepsThere(
  pairing: Pairing,
  around: RuleSurroundings,
  growth: Growth | null,
): readonly Step[] {
  const { rule, target } = pairing
  return [
    ...(pairing.part === null ? [] : [PARTS[pairing.part]]),
    ...translation(pairing, around),
    ...fitting(arriving(pairing), target, { otherwise: rule.otherwise, side: around.to, growth }),
  ]
}

/** What the values are once the rule's own steps have run. */
function arriving({ rule, sources, target }: Pairing): Arriving {
  const options = rule.values === null ? (sources[0]?.options ?? null) : null
  return { type: typeAfter(rule, sources, target.type), options }
}
type Arriving = Pick<FieldDefinition, 'type' | 'options'>

function growthThere(pairing: Pairing, { to, addsOptions }: RuleSurroundings): Growth | null {
  const { rule, target } = pairing
  return growthOf({ target, from: arriving(pairing), rule, side: to, addsOptions })
}

const PARTS: Readonly<Record<PhonePart, Step>> = {
  number: withoutExtension,
  extension: onlyExtension,
}

function translation(
  { rule, sources, target }: Pairing,
  around: RuleSurroundings,
): readonly Step[] {
  const [source] = sources
  if (rule.values !== null) {
    const what = 'a value without translation'
    return [
      translate(rule.values, { otherwise: rule.otherwise, from: source?.type ?? 'text', what }),
    ]
  }
  if (source?.path === 'owner' && target.path !== 'owner') {
    const names = ownerNames(around.from.catalog.owners)
    return [translate(names, { otherwise: 'keep', from: 'text', what: '' })]
  }
  if (target.path !== 'owner') return []
  // A field that an earlier sync made holds the owner's name.
  const { values, named } = around.owners
  const table = source?.path === 'owner' ? values : named
  const otherwise = rule.otherwise === 'keep' ? 'skip' : rule.otherwise
  return [translate(table, { otherwise, from: 'text', what: 'no such owner at the target' })]
}

/** Converted, matched to options, cut to length, and what the platform itself would do. */
function fitting(
  from: Arriving,
  target: FieldDefinition,
  how: {
    readonly otherwise: Pairing['rule']['otherwise']
    readonly side: MappingSide
    readonly growth: Growth | null
  },
): readonly Step[] {
  const { rules } = how.side
  const converted = convert(conversion(from.type, target.type))
  const { options, type, maxLength } = target
  const first = converted === null ? [] : [converted]
  const last = fitRules(rules, target, how.growth)
  // An option that exists there fits there.
  if (options !== null && options.length > 0) {
    return [...first, fitOptions({ ...target, options }, { ...how, from, rules }), last]
  }
  const length = maxLength === null ? [] : [fitLength(type, maxLength)]
  return [...first, ...(type === 'choices' ? [listed(from.type)] : []), ...length, last]
}

/** null: what the target holds does not tell what the source should hold, or the source cannot be written. */
function reverseOf(pairing: Pairing, around: RuleSurroundings): CompiledRule['reverse'] {
  const { rule, target } = pairing
  const [source] = pairing.sources
  if (source === undefined || !source.writable || !target.readable) return null
  // A part of a value, or what another field could not hold, does not tell the whole.
  if (pairing.part !== null || pairing.insteadOf !== null) return null
  const inverses = rule.do.toReversed().map(inverseOf)
  if (inverses.includes(null) || around.reversed.has(source.path)) return null
  const values = inverseValues(pairing, around)
  if (values === null) return null
  const steps = inverses.filter((one): one is Transform => one !== 'same' && one !== null)
  if (rule.values !== null && steps.length > 0) return null
  const type = typeAfter({ do: steps, values: rule.values }, [target], source.type)
  if (conversion(type, source.type).fit === 'none') return null
  around.reversed.add(source.path)
  const growth = growthOf({
    target: source,
    from: { type, options: target.options },
    rule,
    side: around.from,
    addsOptions: around.addsOptions,
  })
  const context = {
    writesDate: isDate(source.type),
    countryPath: null,
    resolve: () => null,
  }
  const project = projector({
    path: source.path,
    from: [target.path],
    extensions: [],
    isTaken: null,
    blank: rule.blank,
    changes: steps.map((one) => changeOf(one, context)),
    fillsBlank: false,
    steps: [
      ...(pairing.extensions[0] == null ? [] : [withoutExtension]),
      ...values,
      ...fitting({ type, options: target.options }, source, {
        otherwise: rule.otherwise,
        side: around.from,
        growth,
      }),
    ],
  })
  return {
    to: source.path,
    definition: source,
    title: `${target.native} -> ${source.native}`,
    growth,
    project,
  }
}

/** null: two source values have one translation, so the way back is open. */
function inverseValues(
  { rule, sources, target }: Pairing,
  around: RuleSurroundings,
): readonly Step[] | null {
  const [source] = sources
  const isOwner = rule.values === null && source?.path === 'owner' && target.path === 'owner'
  if (isOwner) {
    const keys = around.from.catalog.owners.flatMap(({ key }) => {
      const there = around.owners.values[key]
      return there === undefined ? [] : [[there, key] as const]
    })
    const back = { otherwise: 'skip', from: 'text', what: 'no such owner at the source' } as const
    return new Set(keys.map(([there]) => there)).size < keys.length
      ? null
      : [translate(Object.fromEntries(keys), back)]
  }
  if (rule.values === null) return []
  const pairs = Object.entries(rule.values).map(([here, there]) => [there, here] as const)
  const inverse = Object.fromEntries(pairs)
  if (Object.keys(inverse).length < pairs.length) return null
  const { otherwise } = rule
  return [translate(inverse, { otherwise, from: target.type, what: 'a value without translation' })]
}

function titleOf({ rule, sources, target }: Pairing): string {
  const from = sources.map(({ native }) => native).join(' / ')
  const steps = [...rule.do.map(transformText), ...(rule.values === null ? [] : ['values'])]
  const how = steps.length === 0 ? '' : ` (${steps.join(', ')})`
  return `${from === '' ? 'constant' : from} -> ${target.native}${how}`
}

/** What the types and the translation say about a rule that somebody wrote. */
function judge({ rule, sources, target, place }: Pairing): readonly MappingFinding[] {
  const type = typeAfter(rule, sources, target.type)
  const { fit, note } = conversion(type, target.type)
  const findings: MappingFinding[] = []
  const [source] = sources
  const name = source?.label ?? target.label
  if (fit === 'none') {
    const message = `${name} (${type}) cannot become ${target.label} (${target.type}): ${note === '' ? 'the types do not fit' : note}`
    const hint = 'map it to a text field, or to a new one with `create: true`'
    findings.push({ level: 'error', path: place, message, hint })
  } else if (fit === 'lossy' && rule.values === null && target.options === null) {
    const message = `${name} (${type}) to ${target.label} (${target.type}): ${note}`
    findings.push({ level: 'warning', path: place, message, hint: 'the plan counts what is lost' })
  }
  if (rule.values !== null && target.options !== null && target.options.length > 0) {
    const known = new Set(
      target.options.flatMap(({ value, label }) => [value.toLowerCase(), label.toLowerCase()]),
    )
    const strange = Object.values(rule.values).filter((value) => !known.has(value.toLowerCase()))
    if (strange.length > 0) {
      const message = `${target.label} has no option ${[...new Set(strange)].map((one) => `"${one}"`).join(', ')}`
      const hint = `its options: ${target.options.map(({ value }) => value).join(', ')}`
      findings.push({ level: 'warning', path: `${place}.values`, message, hint })
    }
  }
  return findings
}

function isDate(type: ValueType): boolean {
  return type === 'date' || type === 'datetime'
}
