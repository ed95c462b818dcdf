/** Lint of a mapping: what would be lost, cut, merged or could not come back, from definitions alone or counted over a sample. */
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { Sighting } from '../model/sighting.ts'
import { byLevel, type CompileInput, compile } from './compile.ts'
import type { CompiledMapping, CompiledRule, MappingFinding, Projection } from './mapping.ts'

export interface CheckInput extends CompileInput {
  /** Contacts of the source; with them, losses are counted. */
  readonly sample?: readonly Sighting[]
}

/** Errors first. Everything `compile` says, and what only a look at every rule shows. */
export function check(input: CheckInput): readonly MappingFinding[] {
  const compiled = compile(input)
  const sources = new Map(input.from.catalog.fields.map((field) => [field.path, field]))
  return [
    ...compiled.warnings,
    ...compiled.rules.flatMap((rule) => {
      const source = sources.get(rule.from[0] ?? '')
      return source === undefined
        ? []
        : [
            ...options(rule, source),
            ...lengths(rule, source),
            ...(input.direction === 'two-way' ? roundTrip(rule, source) : []),
          ]
    }),
    ...leftBehind(input, compiled),
    ...counted(compiled, input.sample ?? []),
  ].toSorted(byLevel)
}

/** Each option of the source is sent through the rule: nothing is guessed. */
function options(rule: CompiledRule, source: FieldDefinition): readonly MappingFinding[] {
  if (source.options === null || rule.definition.options === null) return []
  const findings: MappingFinding[] = []
  const arrivals = source.options.map(({ value }) => ({
    value,
    text: arrival(rule.project({ [source.path]: value })),
  }))
  const lost = arrivals.filter(({ text }) => text === null).map(({ value }) => value)
  if (lost.length > 0) {
    const message = `${lost.length} of ${arrivals.length} options have no counterpart: ${quoted(lost)}`
    const hint = `add them at the target, or say under \`values\` what becomes of them (there: ${quoted(rule.definition.options.map(({ value }) => value))})`
    findings.push({ level: 'warning', path: rule.to, message, hint })
  }
  const added = arrivals.flatMap(({ text }) =>
    text === null || (rule.growth?.knows(text) ?? true) ? [] : [text],
  )
  if (added.length > 0) {
    const message = `${rule.definition.label} would get ${added.length} more options when somebody has them: ${quoted(added)}`
    const hint =
      'write `otherwise: skip` for this rule, or `options: listed`, to leave the list as it is'
    findings.push({ level: 'note', path: rule.to, message, hint })
  }
  const merged = [...Map.groupBy(arrivals, ({ text }) => text)].filter(
    ([text, same]) => text !== null && same.length > 1,
  )
  for (const [text, same] of merged) {
    const message = `options ${quoted(same.map(({ value }) => value))} all become "${text}"`
    findings.push({
      level: 'note',
      path: rule.to,
      message,
      hint: 'they cannot be told apart later',
    })
  }
  return findings
}

function lengths(rule: CompiledRule, source: FieldDefinition): readonly MappingFinding[] {
  const there = rule.definition.maxLength
  if (there === null) return []
  const isLong = source.type === 'longtext' || source.type === 'html'
  if (source.maxLength === null ? !isLong : source.maxLength <= there) return []
  const here = source.maxLength === null ? 'any length' : String(source.maxLength)
  const message = `${source.label} holds ${here}, ${rule.definition.label} ${there} characters: longer values are cut`
  const hint = 'map it to a long text field, or accept the loss; the plan names every value'
  return [{ level: 'warning', path: rule.to, message, hint }]
}

function roundTrip(rule: CompiledRule, source: FieldDefinition): readonly MappingFinding[] {
  const { reverse } = rule
  if (reverse === null) {
    const message = `${rule.title} cannot be turned round: edits at the target stay there`
    const hint = 'set `owner: from` to say so, or use values and transforms that can be undone'
    return rule.owner === 'from' ? [] : [{ level: 'warning', path: rule.to, message, hint }]
  }
  const probes = source.options?.map(({ value }) => value) ?? PROBES[source.type] ?? []
  const changed = probes.flatMap((value) => {
    const there = rule.project({ [source.path]: value })
    if (there.kind !== 'value') return []
    const back = arrival(reverse.project({ [rule.to]: there.value }))
    return back === value ? [] : [`${value} comes back as ${back ?? 'nothing'}`]
  })
  if (changed.length === 0) return []
  const message = `${rule.title} does not come back whole: ${changed.slice(0, SHOWN_MAX).join('; ')}`
  return [{ level: 'warning', path: rule.to, message, hint: 'set `owner: from`, or mend the rule' }]
}
const SHOWN_MAX = 3

/** One value per type that shows what a conversion drops. */
const PROBES: Readonly<Partial<Record<FieldDefinition['type'], readonly string[]>>> = {
  number: ['12.5', '0'],
  boolean: ['true', 'false'],
  date: ['2026-01-31'],
  datetime: ['2026-01-31T09:30:15Z'],
}

/** What no rule reads, where the mapping does not send everything; and in two-way syncs, what only the target has. */
function leftBehind(input: CheckInput, compiled: CompiledMapping): readonly MappingFinding[] {
  const findings: MappingFinding[] = []
  const read = new Set(compiled.rules.flatMap(({ from }) => from))
  const meant = input.mapping.fields.filter(({ to }) => to === null).flatMap(({ from }) => from)
  const unread = input.from.catalog.fields.filter(
    ({ path, native, readable }) =>
      readable && !read.has(path) && !meant.includes(path) && !meant.includes(native),
  )
  if (input.mapping.customFields === 'listed' && unread.length > 0) {
    const message = `${unread.length} source fields do not travel: ${unread.map(({ label }) => label).join(', ')}`
    const hint = 'name them under `fields`, or write `customFields: auto`'
    findings.push({ level: 'note', path: 'fields', message, hint })
  }
  if (input.direction === 'two-way') {
    const written = new Set(compiled.rules.map(({ to }) => to))
    const alone = input.to.catalog.fields.filter(
      (field) => field.writable && !written.has(field.path) && field !== compiled.marker,
    )
    if (alone.length > 0) {
      const message = `${alone.length} fields of ${input.to.title} have no counterpart and do not travel back: ${alone.map(({ label }) => label).join(', ')}`
      const hint = `create them at ${input.from.title} and map them, if they should`
      findings.push({ level: 'note', path: 'fields', message, hint })
    }
  }
  return findings
}

/** Losses, refusals and holds over real values, most frequent first. */
function counted(
  compiled: CompiledMapping,
  sample: readonly Sighting[],
): readonly MappingFinding[] {
  return compiled.rules.flatMap((rule) => {
    const causes = new Map<string, { count: number; example: string }>()
    let filled = 0
    const count = (cause: string, example: string): void => {
      const known = causes.get(cause)
      if (known === undefined) causes.set(cause, { count: 1, example })
      else known.count++
    }
    for (const { fields } of sample) {
      const there = rule.project(fields)
      const losses = there.kind === 'value' || there.kind === 'absent' ? (there.losses ?? []) : []
      if (there.kind !== 'absent' || losses.length > 0) filled++
      for (const { cause, before } of losses) count(cause, before)
      if (there.kind === 'reject' || there.kind === 'hold') count(there.cause, '')
    }
    return [...causes]
      .toSorted(([, a], [, b]) => b.count - a.count)
      .map(([cause, { count: number, example }]): MappingFinding => {
        const shown = example === '' ? '' : `, such as "${example.slice(0, EXAMPLE_LENGTH)}"`
        const message = `${cause}: ${number} of ${filled} values in the sample${shown}`
        return { level: 'warning', path: rule.to, message, hint: rule.title }
      })
  })
}
const EXAMPLE_LENGTH = 60

/** What arrived, as text; null: nothing, or less than was sent. */
function arrival(projection: Projection): string | null {
  if (projection.kind !== 'value' || projection.value === null) return null
  return typeof projection.value === 'string' ? projection.value : projection.value.join(', ')
}

function quoted(values: readonly string[]): string {
  const shown = values.slice(0, OPTIONS_SHOWN_MAX).map((value) => `"${value}"`)
  return values.length > shown.length ? `${shown.join(', ')} and more` : shown.join(', ')
}
const OPTIONS_SHOWN_MAX = 12
