/** The register of typed operations: what `ferry call` offers on each platform, with what goes in. One line per platform. */
import { z } from 'zod'
import { OPERATIONS as adaptix } from './adaptix/operations.ts'
import { OPERATIONS as infusionsoft } from './infusionsoft/operations.ts'
import { OPERATIONS as xmlSpec } from './xml-spec/operations.ts'

export interface ListedOperation {
  readonly name: string
  /** One sentence. */
  readonly about: string
  readonly effect: 'read' | 'write'
  readonly input: readonly InputKey[]
  /** Keys beyond those named are taken too: fields of the account. */
  readonly takesMore: boolean
}
export interface InputKey {
  readonly name: string
  /** For people: `text`, `number`, `list of text`, `id`. */
  readonly type: string
  readonly isRequired: boolean
}

/** Empty: the platform offers none beside those of syncs. */
export function operationsOf(platform: string): readonly ListedOperation[] {
  return TABLES[platform]?.() ?? []
}

const TABLES: Readonly<Record<string, () => readonly ListedOperation[]>> = {
  infusionsoft: () => Object.entries(infusionsoft).map(withParameters),
  adaptix: () => Object.entries(adaptix).map(withSchema),
  mautic: () => Object.entries(adaptix).map(withSchema),
  'xml-spec': () => Object.entries(xmlSpec).map(withSchema),
}

type Parameters = Readonly<Record<string, string>>

type ByParameters = Pick<ListedOperation, 'about' | 'effect'> & {
  readonly parameters: Parameters
  readonly optional: Parameters
}

function withParameters([name, operation]: readonly [string, ByParameters]): ListedOperation {
  const { about, effect, parameters, optional } = operation
  const keys = (from: Parameters, isRequired: boolean): readonly InputKey[] =>
    Object.entries(from).map(([key, type]) => ({ name: key, type, isRequired }))
  return {
    name,
    about,
    effect,
    input: [...keys(parameters, true), ...keys(optional, false)],
    takesMore: false,
  }
}

type BySchema = Pick<ListedOperation, 'effect'> & {
  readonly summary: string
  readonly input: z.ZodType
}

function withSchema([name, operation]: readonly [string, BySchema]): ListedOperation {
  const { summary, effect, input } = operation
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  const required = new Set(schema.required ?? [])
  return {
    name,
    about: summary,
    effect,
    input: Object.entries(schema.properties ?? {}).map(([key, shape]) => ({
      name: key,
      type: typeText(shape),
      isRequired: required.has(key),
    })),
    takesMore: schema.additionalProperties !== false,
  }
}

type Shape = z.core.JSONSchema._JSONSchema

function typeText(shape: Shape): string {
  if (typeof shape === 'boolean') return 'any'
  if (shape.enum !== undefined) return shape.enum.map(String).join(' | ')
  if (shape.const !== undefined) return String(shape.const)
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(typeText))].join(' or ')
  switch (shape.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'true or false'
    case 'array':
      return Array.isArray(shape.items) || shape.items === undefined
        ? 'list'
        : `list of ${typeText(shape.items)}`
    case 'object':
      return 'object'
    default:
      return 'any'
  }
}
