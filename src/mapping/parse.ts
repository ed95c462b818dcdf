/** Reads a mapping as people write it: a YAML text, or the inline block of a sync. */
import { readYaml } from './document.ts'
import type { FieldRule, Mapping, Transform } from './mapping.ts'
import { byLine, type Locate, type Place, type Problem, placeText } from './problem.ts'
import {
  FieldsSchema,
  MappingSchema,
  type WrittenFields,
  type WrittenMapping,
  type WrittenRule,
} from './schema.ts'
import { readTransform } from './transform-text.ts'
import { validate } from './validate.ts'

export type Parsed<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly Problem[] }

/** Where a block stands in its file, so that problems can name the line. */
export interface Standing {
  readonly at: Place
  readonly locate: Locate
}

/** A mapping file. Never throws; all problems at once. */
export function parseMapping(text: string, name: string): Parsed<Mapping> {
  const document = readYaml(text)
  if (document.problems.length > 0) return { value: null, problems: document.problems }
  return readMapping(document.value ?? {}, name, { at: [], locate: document.locate })
}

/** A mapping that is already a value: the inline `mapping:` of a sync, or what a program built. */
export function readMapping(
  value: unknown,
  name: string,
  standing: Standing = NOWHERE,
): Parsed<Mapping> {
  const checked = validate(MappingSchema, value, standing)
  if (checked.value === null) return checked
  const fields = fieldRules(checked.value.fields ?? [], below(standing, 'fields'))
  if (fields.problems.length > 0) return { value: null, problems: fields.problems }
  return { value: fill(name, checked.value, fields.rules), problems: [] }
}

/** The `fields` of a sync: rules that win over those of its mapping. */
export function readOverrides(
  value: unknown,
  standing: Standing = NOWHERE,
): Parsed<readonly FieldRule[]> {
  const checked = validate(FieldsSchema, value, standing)
  if (checked.value === null) return checked
  const { rules, problems } = fieldRules(checked.value, standing)
  if (problems.length > 0) return { value: null, problems }
  return { value: rules.map((rule) => ({ ...rule, isOverride: true })), problems: [] }
}

/** A mapping with the rules of a sync laid over it. Rules for one target in different words are told apart when it is compiled. */
export function layer(mapping: Mapping, overrides: readonly FieldRule[]): Mapping {
  if (overrides.length === 0) return mapping
  const replaced = new Set(overrides.map(({ to }) => to).filter((to) => to !== null))
  const kept = mapping.fields.filter(({ to }) => to === null || !replaced.has(to))
  return { ...mapping, fields: [...overrides, ...kept] }
}

const NOWHERE: Standing = { at: [], locate: () => null }

function below(standing: Standing, ...steps: Place): Standing {
  return { at: [...standing.at, ...steps], locate: standing.locate }
}

function fieldRules(
  written: WrittenFields,
  standing: Standing,
): { readonly rules: readonly FieldRule[]; readonly problems: readonly Problem[] } {
  const rows: readonly (readonly [string | number, WrittenRule])[] = Array.isArray(written)
    ? written.map((rule, index) => [index, rule])
    : Object.entries(written).map(([from, body]) => [
        from,
        typeof body === 'string' ? { from, to: body } : { from, ...body },
      ])
  const rules: FieldRule[] = []
  const problems: Problem[] = []
  for (const [key, rule] of rows) {
    const here = below(standing, key)
    const steps = transforms(rule, here)
    problems.push(...steps.problems)
    if (steps.problems.length === 0) problems.push(...sense(rule, steps.transforms, here))
    rules.push(fieldRule(rule, steps.transforms))
  }
  return { rules, problems: problems.toSorted(byLine) }
}

function transforms(
  rule: WrittenRule,
  standing: Standing,
): { readonly transforms: readonly Transform[]; readonly problems: readonly Problem[] } {
  const written = rule.do === undefined ? [] : Array.isArray(rule.do) ? rule.do : [rule.do]
  const read: Transform[] = []
  const problems: Problem[] = []
  for (const [index, one] of written.entries()) {
    const result = readTransform(one)
    if ('transform' in result) read.push(result.transform)
    else {
      const place = below(standing, 'do', ...(Array.isArray(rule.do) ? [index] : []))
      problems.push(problem(place, result.message, result.hint))
    }
  }
  return { transforms: read, problems }
}

/** What a schema cannot say. */
function sense(
  rule: WrittenRule,
  steps: readonly Transform[],
  standing: Standing,
): readonly Problem[] {
  const isConstant = steps.some(({ name }) => name === 'default' || name === 'template')
  const has = rule.from !== undefined && rule.from.length > 0
  if (has || isConstant) return []
  return [problem(standing, '"from" is missing', 'name the source field, or give a `default:TEXT`')]
}

function problem(standing: Standing, message: string, hint: string): Problem {
  const line = standing.locate(standing.at, 'value')
  return { path: placeText(standing.at), line, message, hint }
}

function fieldRule(rule: WrittenRule, steps: readonly Transform[]): FieldRule {
  const values = rule.values === undefined ? null : texts(rule.values)
  return {
    from: list(rule.from),
    to: rule.to === 'never' ? null : rule.to,
    do: steps,
    values,
    otherwise: rule.otherwise ?? 'keep',
    blank: rule.blank ?? 'skip',
    create: rule.create ?? false,
    label: rule.label ?? null,
    owner: rule.owner ?? null,
    conflict: rule.conflict ?? null,
  }
}

function fill(name: string, written: WrittenMapping, fields: readonly FieldRule[]): Mapping {
  const { tags, groups, consent } = written
  return {
    name,
    fields: written.notes === 'never' ? [NEVER_NOTES, ...fields] : fields,
    customFields: written.customFields ?? 'auto',
    options: written.options ?? 'auto',
    tags: {
      include: tags?.include === undefined ? ['*'] : list(tags.include),
      exclude: list(tags?.exclude),
      rename: tags?.rename ?? null,
      remove: tags?.remove ?? true,
      as: tags?.as ?? 'tags',
    },
    groups: {
      include: groups?.include === undefined ? ['*'] : list(groups.include),
      exclude: list(groups?.exclude),
      as: groups?.as ?? 'groups',
      remove: groups?.remove ?? false,
    },
    consent: {
      rule: 'strictest',
      write: consent?.write ?? 'opt-out-only',
      unconsented: consent?.unconsented ?? 'opt-out',
    },
    companies: written.companies ?? 'records',
    notes: written.notes ?? 'records',
    duplicates: written.duplicates ?? 'hold',
    marker: written.marker === 'none' ? null : (written.marker ?? MARKER),
    sequences: texts(written.sequences ?? {}),
    owners: texts(written.owners ?? {}),
  }
}
const MARKER = 'ferry_key'
/** Wins over a rule that says where the text of the notes goes. */
const NEVER_NOTES: FieldRule = {
  ...fieldRule({ from: 'notes', to: 'never' }, []),
  isOverride: true,
}

function list(words: string | readonly string[] | undefined): readonly string[] {
  if (words === undefined) return []
  return typeof words === 'string' ? [words] : words
}

function texts(
  record: Readonly<Record<string, string | number | boolean>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)]))
}
