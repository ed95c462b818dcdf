/** Parses whatever arrives: the options of a connection, a line of NDJSON, a line of the log, the file of declarations. */
import { z } from 'zod'

/** What `options` of the connection may hold, see README. */
export const OPTIONS = z.strictObject({
  format: z.enum(['csv', 'ndjson']).optional(),
  delimiter: z.enum([',', ';', '|', '\t', 'tab']).optional(),
  bom: z.boolean().optional(),
  separator: z
    .string()
    .regex(/^[^\s\w\\"]$/, 'one character that is no letter, digit, blank, quote or backslash')
    .optional(),
  formulaGuard: z.boolean().optional(),
  marker: z.string().min(1).optional(),
})

const CHANNEL = z.enum(['email', 'sms', 'phone', 'post'])
const STATE = z.enum(['refused', 'undeliverable', 'none', 'unknown', 'granted'])
const TEXT_OR_NULL = z.string().nullable().default(null)

const CONSENT = z.strictObject({
  channel: CHANNEL,
  address: TEXT_OR_NULL,
  state: STATE,
  reason: TEXT_OR_NULL,
  scope: TEXT_OR_NULL,
  since: TEXT_OR_NULL,
})
export const CONSENTS = z.array(CONSENT)

/** Numbers beyond what a reader of JSON keeps exactly have to be written as texts. */
const NUMBER = z
  .number()
  .refine(
    (number) => !Number.isInteger(number) || Number.isSafeInteger(number),
    'a number of so many digits must be written as a text',
  )
  .transform(String)
const FIELD_VALUE = z.union([
  z.string(),
  z.array(z.string()),
  z.null(),
  z.boolean().transform(String),
  NUMBER,
])

/** One contact of an NDJSON file. A key that is missing in `fields` is not known; null is known to be empty. */
export const CONTACT_LINE = z.strictObject({
  id: z.union([z.string(), NUMBER]).nullish(),
  fields: z.record(z.string(), FIELD_VALUE).default({}),
  tags: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  consents: CONSENTS.optional(),
  createdAt: TEXT_OR_NULL,
  updatedAt: TEXT_OR_NULL,
})
export type ContactLine = z.infer<typeof CONTACT_LINE>

const VALUE_TYPE = z.enum([
  'text',
  'longtext',
  'html',
  'number',
  'boolean',
  'date',
  'datetime',
  'time',
  'choice',
  'choices',
  'email',
  'phone',
  'url',
  'country',
  'region',
  'language',
  'timezone',
])
const DECLARED_FIELD = z.strictObject({
  type: VALUE_TYPE,
  options: z
    .array(z.strictObject({ value: z.string(), label: z.string() }))
    .nullable()
    .default(null),
})
export type DeclaredField = z.infer<typeof DECLARED_FIELD>

/** What the rows cannot say: types and options of custom fields by path, tags and groups that nobody has yet. */
export const DECLARATIONS = z.strictObject({
  version: z.literal(1),
  fields: z.record(z.string(), DECLARED_FIELD).default({}),
  tags: z.array(z.string()).default([]),
  groups: z.array(z.string()).default([]),
})
export type Declarations = z.infer<typeof DECLARATIONS>

/** One line of the log; see log.ts. */
export const LOG_LINE = z.union([
  z.strictObject({ begin: z.string().nullable() }),
  z.strictObject({ put: CONTACT_LINE.extend({ id: z.string() }) }),
  z.strictObject({ gone: z.string() }),
  z.strictObject({ field: DECLARED_FIELD.extend({ path: z.string() }) }),
  z.strictObject({ tag: z.string() }),
  z.strictObject({ group: z.string() }),
  z.strictObject({ merged: z.string() }),
])
export type LogLine = z.infer<typeof LOG_LINE>

export const SCAN_POSITION = z.strictObject({
  /** Which state of the file and its log the scan reads. */
  stamp: z.string(),
  part: z.enum(['file', 'log']),
  offset: z.number(),
  line: z.number(),
  /** Whether a row could not be read so far. */
  isBroken: z.boolean(),
})
export type ScanPosition = z.infer<typeof SCAN_POSITION>

/** undefined: not JSON at all. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever it is, it is not JSON; the caller says what that means.
    return undefined
  }
}
