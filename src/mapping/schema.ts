/** The written form of a mapping as a schema: what a file in `mappings/`, or a sync in ferry.yaml, may say. */
import { z } from 'zod'

const Word = z.union([z.string(), z.number(), z.boolean()])
const Words = z.union([z.string(), z.array(z.string())])

/** `trim`, `e164:DE`, or an object with one key: `{ e164: DE }`. */
const TransformSchema = z.union([
  z
    .string()
    .describe(
      'trim, lower, title, e164, e164:DE, country-iso, country-name, date:DD.MM.YYYY, split:;, join:;, default:TEXT, template:TEXT with {field}, truncate:80',
    ),
  z.strictObject({
    trim: z.unknown().optional(),
    lower: z.unknown().optional(),
    title: z.unknown().optional(),
    e164: z.string().nullable().optional(),
    'country-iso': z.unknown().optional(),
    'country-name': z.unknown().optional(),
    date: z.string().optional(),
    split: z.string().optional(),
    join: z.string().optional(),
    default: Word.optional(),
    template: z.string().optional(),
    truncate: z.int().positive().optional(),
  }),
])

const RULE_BODY = {
  do: z
    .union([TransformSchema, z.array(TransformSchema)])
    .describe('Transforms, applied in this order before `values`')
    .optional(),
  values: z
    .record(z.string(), Word)
    .describe('Value translation: source value to target value')
    .optional(),
  otherwise: z
    .enum(['keep', 'skip', 'reject', 'hold'])
    .describe('For a value that `values` or the options of the target do not list')
    .optional(),
  blank: z
    .enum(['skip', 'clear', 'fill'])
    .describe(
      'Empty at the source: leave the target, empty it, or write only where the target is empty',
    )
    .optional(),
  create: z.boolean().describe('Create the target field when it is missing').optional(),
  label: z.string().min(1).describe('Label of a field that is created').optional(),
  owner: z.enum(['from', 'to', 'both']).describe('Which side this field belongs to').optional(),
  conflict: z.enum(['hold', 'from', 'to', 'newer']).optional(),
}
const To = z
  .string()
  .min(1)
  .describe('A field of the target in canonical or native words, or `never`')

const FieldRuleSchema = z.strictObject({
  from: Words.describe(
    'Source fields in canonical or native words; several: the first filled one',
  ).optional(),
  to: To,
  ...RULE_BODY,
})

/** A list of rules, or source field to target field (or to a rule without `from`). */
export const FieldsSchema = z.union([
  z.array(FieldRuleSchema),
  z.record(z.string(), z.union([z.string(), z.strictObject({ to: To, ...RULE_BODY })])),
])

const ELEMENTS = {
  include: Words.describe('Globs over names; * stands for anything').optional(),
  exclude: Words.optional(),
  as: z.enum(['tags', 'groups']).optional(),
  remove: z.boolean().describe('Whether a removal at the source is carried over').optional(),
}

export const MappingSchema = z.strictObject({
  fields: FieldsSchema.optional(),
  customFields: z
    .enum(['auto', 'listed'])
    .describe('auto: every custom field travels; listed: only what `fields` names')
    .optional(),
  options: z
    .enum(['auto', 'listed'])
    .describe(
      'auto: an option that a list of the target lacks is added to it; listed: such values are named losses',
    )
    .optional(),
  tags: z
    .strictObject({
      ...ELEMENTS,
      rename: z.string().min(1).describe('Made of {category} and {name}').optional(),
    })
    .optional(),
  groups: z.strictObject(ELEMENTS).optional(),
  consent: z
    .strictObject({
      rule: z.literal('strictest').optional(),
      write: z.enum(['opt-out-only', 'none']).optional(),
      unconsented: z.enum(['opt-out', 'leave']).optional(),
    })
    .optional(),
  companies: z
    .enum(['records', 'name'])
    .describe(
      'records: companies are created with address, phone and website, before contacts; name: contacts bring their names alone',
    )
    .optional(),
  notes: z
    .enum(['records', 'field', 'never'])
    .describe(
      'records: notes travel as notes, with date and author; field: only the text field `notes` travels; never: neither',
    )
    .optional(),
  duplicates: z.enum(['hold', 'first', 'newest', 'merge', 'keep']).optional(),
  marker: z
    .string()
    .min(1)
    .describe('Text field on the target that makes a create recognisable; `none` turns it off')
    .optional(),
  sequences: z
    .record(z.string(), Word)
    .describe('Source sequence to target sequence; only what is listed is ever started')
    .optional(),
  owners: z
    .record(z.string(), Word)
    .describe('Owner at the source to owner at the target')
    .optional(),
})

export type WrittenMapping = z.infer<typeof MappingSchema>
export type WrittenFields = z.infer<typeof FieldsSchema>
export type WrittenRule = z.infer<typeof FieldRuleSchema>
export type WrittenTransform = z.infer<typeof TransformSchema>

/** For editors: what `mappings/schema.json` holds. */
export function mappingJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(MappingSchema, { target: 'draft-7', io: 'input' }),
    title: 'Contact Ferry mapping',
  }
}
