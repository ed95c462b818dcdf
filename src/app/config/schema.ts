/** The written form of ferry.yaml as a schema: shapes only; what belongs together is checked by its readers. */
import { z } from 'zod'
import { FieldsSchema, MappingSchema } from '../../mapping/schema.ts'
import { MATCH_RULES } from './settings.ts'

const Positive = z.number().positive()
const Count = z.int().positive()
const Share = z.number().min(0).max(100)
const Secret = z
  .string()
  .describe(`A reference: env:NAME, file:PATH or a text with \${NAME}. Never the secret itself`)

const LimitsSchema = z.strictObject({
  requestsPerSecond: Positive.optional(),
  concurrency: Count.optional(),
  pageSize: Count.optional(),
  batchSize: Count.optional(),
  timeoutMs: Count.optional(),
})

export const CONNECTION_KEYS = {
  platform: z.string().min(1).describe('Name or alias of a platform'),
  url: z.string().optional(),
  auth: z
    .record(z.string(), z.union([Secret, z.record(z.string(), Secret)]))
    .describe('One of the platform’s logins; secrets by reference')
    .optional(),
  account: z.union([z.string(), z.number()]).optional(),
  timeZone: z.string().describe('IANA name, such as America/Los_Angeles').optional(),
  path: z.string().optional(),
  limits: LimitsSchema.optional(),
  readOnly: z
    .boolean()
    .describe('Nothing may ever be written there, whatever command asks')
    .optional(),
  allowInsecure: z.boolean().describe('Allow plain http to another machine').optional(),
}

/** Keys beyond these are options of the platform. */
export const ConnectionSchema = z.looseObject(CONNECTION_KEYS)

export const SyncSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  direction: z.enum(['one-way', 'two-way']).optional(),
  mapping: z
    .union([z.string(), MappingSchema])
    .describe(
      'A file in mappings/, a path, or the mapping itself; omitted: the default of the pair',
    )
    .optional(),
  fields: FieldsSchema.describe('Overrides of the mapping, in the same language').optional(),
  match: z.array(z.enum(MATCH_RULES)).min(1).optional(),
  deletes: z.enum(['ignore', 'unsubscribe', 'tag', 'delete']).optional(),
  conflicts: z.enum(['hold', 'from', 'to', 'newer']).optional(),
  schedule: z.string().describe('Cron pattern, such as */30 * * * *').optional(),
  guards: z
    .strictObject({
      maxDeletes: z.int().min(0).optional(),
      maxDeletePercent: Share.optional(),
      maxOverwritePercent: Share.optional(),
      maxChangedPercent: Share.optional(),
      maxIrreversibleConsents: z.int().min(0).optional(),
    })
    .optional(),
})

export const ConfigSchema = z.strictObject({
  version: z.literal(1),
  state: z.string().describe('sqlite:PATH or postgres://…').optional(),
  queue: z.string().describe('redis://…; only needed by worker and schedule').optional(),
  connections: z.record(z.string(), ConnectionSchema),
  syncs: z.record(z.string(), SyncSchema).optional(),
})

export type WrittenConnection = z.infer<typeof ConnectionSchema>
export type WrittenSync = z.infer<typeof SyncSchema>

/** For editors. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(ConfigSchema, { target: 'draft-7', io: 'input' }),
    title: 'Contact Ferry configuration',
  }
}
