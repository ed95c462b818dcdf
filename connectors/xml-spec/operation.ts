/** What one operation of the platform is, as data: what it takes, how it is written, what it answers, whether it changes anything. */
import { z } from 'zod'
import { type Attributes, branch, leaf, list, type Markup } from './document.ts'
import type { Element } from './element.ts'

export interface Operation<Input extends z.ZodType = z.ZodType, Result = unknown> {
  /** `GetContacts`: the root of the request is `GetContactsRequest`, of the answer `GetContactsResponse`. */
  readonly name: string
  readonly effect: 'read' | 'write'
  readonly summary: string
  /** Where its shape is from: the documents, or public clients alone. */
  readonly source: 'documents' | 'clients'
  readonly input: Input
  encode(input: z.output<Input>): Markup
  read(root: Element): Result
  /** What it means when the server says that it found nothing; undefined: a failure like any other. */
  readonly whenNothingFound: Result | undefined
}
export type InputOf<O> = O extends Operation<infer Input, unknown> ? z.output<Input> : never
export type ResultOf<O> = O extends Operation<z.ZodType, infer Result> ? Result : never

export function operation<const Input extends z.ZodType, Result>(
  name: string,
  what: {
    readonly effect: 'read' | 'write'
    readonly summary: string
    readonly source?: 'documents' | 'clients'
    readonly input: Input
    readonly attributes?: (input: z.output<Input>) => Attributes
    readonly content?: (input: z.output<Input>) => readonly (Markup | null)[]
    readonly read: (root: Element) => Result
    readonly whenNothingFound?: Result
  },
): Operation<Input, Result> {
  const { effect, summary, source = 'documents', input, attributes, content, read } = what
  return {
    name,
    effect,
    summary,
    source,
    input,
    encode: (given) => branch(`${name}Request`, attributes?.(given) ?? {}, content?.(given) ?? []),
    read,
    whenNothingFound: what.whenNothingFound,
  }
}

/** Ids and account numbers are digits, given as text or number. */
export const id = z.union([
  z.string().regex(/^\d{1,18}$/, 'must be a whole number'),
  z.int().nonnegative().transform(String),
])
export const account = { account_id: id.optional() }
export const stamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'must be YYYY-MM-DD HH:mm:ss')
export const day = z.string().regex(/^\d{8}$/, 'must be YYYYMMDD')
export const ruleDay = z.string().regex(/^\d{4}\/\d\d\/\d\d$/, 'must be YYYY/MM/DD')
export const pageNumber = z.int().nonnegative()

/** What chooses contacts; several must all hold. */
export const criteria = {
  contact_id: id.optional(),
  firstname: z.string().optional(),
  lastname: z.string().optional(),
  email: z.string().optional(),
}
export type Criteria = {
  readonly contact_id?: string | undefined
  readonly firstname?: string | undefined
  readonly lastname?: string | undefined
  readonly email?: string | undefined
}

/** One contact that a batch is about: by criteria that must hit exactly one. */
export const target = z
  .strictObject({ ...criteria, ...account, request_id: z.string().min(1).optional() })
  .refine(hasCriterion, 'needs contact_id, firstname, lastname or email')

export function hasCriterion(item: Criteria): boolean {
  return [item.contact_id, item.firstname, item.lastname, item.email].some(
    (one) => one !== undefined && one !== '',
  )
}

/** Attributes of an item of a batch. Without `request_id` an item could only be told by its place in the answer, so each gets one. */
export function itemAttributes(
  item: Criteria & {
    readonly account_id?: string | undefined
    readonly request_id?: string | undefined
  },
  place: number,
): Attributes {
  return {
    account_id: item.account_id,
    contact_id: item.contact_id,
    firstname: item.firstname,
    lastname: item.lastname,
    email: item.email,
    request_id: item.request_id ?? requestId(place),
  }
}
/** Of the item at that place of a batch, where the caller gives none. */
export function requestId(place: number): string {
  return `item-${place + 1}`
}

/** `Contacts` > `Contact`, the form of every batch. */
export function contacts<T>(
  given: readonly T[],
  item: (one: T, place: number) => Markup,
): readonly (Markup | null)[] {
  return [list('Contacts', given.map(item))]
}

/** `flag` as the platform writes it: `"true"`, or nothing at all. */
export function flag(value: boolean | undefined): string | undefined {
  return value === true ? 'true' : undefined
}

/** A list of leaves of one name. */
export function leaves(
  name: string,
  texts: readonly string[] | undefined,
): readonly (Markup | null)[] {
  return (texts ?? []).map((text) => leaf(name, text))
}
