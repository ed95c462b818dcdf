/** Checks a document against a schema and says everything that is wrong with it at once, in words. */
import { z } from 'zod'
import { didYouMean } from './nearest.ts'
import { type Locate, type Place, type Problem, placeText } from './problem.ts'

export type Validated<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly Problem[] }

/** `at`: where in the file the document stands, for messages and lines. */
export function validate<T>(
  schema: z.ZodType<T>,
  document: unknown,
  where: { readonly at: Place; readonly locate: Locate },
): Validated<T> {
  const result = schema.safeParse(document)
  if (result.success) return { value: result.data, problems: [] }
  const problems = result.error.issues.flatMap((issue) => explain(issue, [], { schema, document }))
  return {
    value: null,
    problems: problems.map(({ place, part, message, hint }) => ({
      path: placeText([...where.at, ...place]),
      line: where.locate([...where.at, ...place], part),
      message,
      hint,
    })),
  }
}

interface Explained {
  readonly place: Place
  readonly part: 'key' | 'value'
  readonly message: string
  readonly hint: string
}
interface Subject {
  readonly schema: z.core.$ZodType
  readonly document: unknown
}

function explain(issue: z.core.$ZodIssue, base: Place, subject: Subject): readonly Explained[] {
  const place = [
    ...base,
    ...issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
  ]
  const value = valueAt(subject.document, place)
  const one = (message: string, hint = ''): readonly Explained[] => [
    { place, part: 'value', message, hint },
  ]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(subject.schema, place)
      return issue.keys.map((key) => ({
        place: [...place, key],
        part: 'key' as const,
        message: `unknown key "${key}"`,
        hint: didYouMean(key, known),
      }))
    }
    case 'invalid_type':
      return value === undefined
        ? one(`"${place.at(-1) ?? 'document'}" is missing`, `it takes ${typeWord(issue.expected)}`)
        : one(`must be ${typeWord(issue.expected)}, not ${shapeOf(value)}`)
    case 'invalid_value': {
      const words = issue.values.map(String)
      if (value === undefined) {
        return one(`"${place.at(-1) ?? 'document'}" is missing`, `it takes ${words.join(' or ')}`)
      }
      const message = `must be ${words.length === 1 ? '' : 'one of '}${words.join(', ')}, not ${shapeOf(value)}`
      return one(message, typeof value === 'string' ? mean(value, words) : '')
    }
    case 'invalid_union':
      return explainUnion(issue, place, subject, value)
    case 'too_small':
    case 'too_big':
      return one(`must be ${boundOf(issue)}`)
    default:
      return one(issue.message)
  }
}

/** The branch that came furthest is the one that was meant; where none fits at all, the shapes that would. */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  place: Place,
  subject: Subject,
  value: unknown,
): readonly Explained[] {
  const meant = issue.errors.filter(
    (branch) => !branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
  )
  const [branch] = meant.toSorted((a, b) => a.length - b.length)
  if (branch !== undefined) return branch.flatMap((inner) => explain(inner, place, subject))
  const shapes = issue.errors.flatMap((inner) =>
    inner.map((at) => ('expected' in at ? typeWord(String(at.expected)) : at.message)),
  )
  const message = `must be ${[...new Set(shapes)].join(' or ')}, not ${shapeOf(value)}`
  return [{ place, part: 'value', message, hint: '' }]
}

function mean(word: string, known: readonly string[]): string {
  const hint = didYouMean(word, known)
  return hint.startsWith('did') ? hint : ''
}

function boundOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum
  const [least, most] =
    issue.inclusive === false ? ['more than', 'less than'] : ['at least', 'at most']
  const number = `${issue.code === 'too_small' ? least : most} ${bound}`
  if (issue.origin === 'string') return `${number} characters long`
  return issue.origin === 'array' ? `${number} entries long` : number
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of keys',
  record: 'a block of keys',
}
function typeWord(type: string): string {
  return TYPE_WORDS[type] ?? type
}

function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a block of keys' : JSON.stringify(value)
}

function valueAt(document: unknown, place: Place): unknown {
  let value = document
  for (const step of place) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return value
}

/** Keys that an object schema knows at a place, over all branches of unions on the way. */
function keysAt(schema: z.core.$ZodType, place: Place): readonly string[] {
  const branches = unwrap(schema)
  const [step, ...rest] = place
  if (step === undefined) {
    return [...new Set(branches.flatMap((one) => Object.keys(shapeKeys(one) ?? {})))]
  }
  return [
    ...new Set(
      branches.flatMap((one) => {
        const next = stepInto(one, step)
        return next === null ? [] : keysAt(next, rest)
      }),
    ),
  ]
}

function stepInto(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | null {
  if (typeof step === 'number') return schema instanceof z.ZodArray ? schema.element : null
  if (schema instanceof z.ZodRecord) return schema.valueType
  return shapeKeys(schema)?.[step] ?? null
}

function shapeKeys(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | null {
  return schema instanceof z.ZodObject ? schema.shape : null
}

function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return unwrap(schema.unwrap())
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrap)
  return [schema]
}
