/** What converts into what: one function and one judgement for each pair of value types. */
import { isEmail } from '../model/email.ts'
import type { ValueType } from '../model/field.ts'
import { isWellFormed } from '../model/norm.ts'
import { readBoolean } from './words.ts'

/** A value that is there. */
export type Text = string | readonly string[]

export interface Conversion {
  /** `exact`: every value arrives whole. `lossy`: some do not (see `note`). `none`: nothing sensible arrives. */
  readonly fit: 'exact' | 'lossy' | 'none'
  /** What may be lost, for people; '' for exact. */
  readonly note: string
  /** null: the value travels as it is. Otherwise gives the converted value, or why it cannot be had (with what remains, if anything). */
  readonly apply: ((value: Text) => Text | Refused) | null
}
export class Refused {
  readonly cause: string
  /** What remains of it; null: nothing. */
  readonly rest: Text | null
  constructor(cause: string, rest: Text | null) {
    this.cause = cause
    this.rest = rest
  }
}

export function conversion(from: ValueType, to: ValueType): Conversion {
  return TABLE[to](from)
}

type Judge = (from: ValueType) => Conversion

const JOINED: Conversion = { fit: 'exact', note: '', apply: joined }

/** Text-like targets take anything; a list is joined, a boolean becomes a word. */
const toText: Judge = (from) => {
  if (from === 'choices') return JOINED
  return from === 'boolean' ? { fit: 'exact', note: '', apply: each(booleanWord) } : JOINED
}

/** Text with a meaning that nobody checks: whatever is text may carry it, numbers, dates and booleans do not. */
const meaningful =
  (to: ValueType): Judge =>
  (from) =>
    from === to || TEXTS.has(from)
      ? JOINED
      : { fit: 'none', note: `a ${from} is no ${to}`, apply: joined }

/** The same where a platform refuses what is none. */
const strict =
  (to: ValueType): Judge =>
  (from) =>
    TEXTS.has(from)
      ? { fit: 'lossy', note: `not every text is a ${to}`, apply: joined }
      : meaningful(to)(from)

const TEXTS: ReadonlySet<ValueType> = new Set(['text', 'longtext', 'html', 'choice', 'choices'])

const TABLE: Readonly<Record<ValueType, Judge>> = {
  text: toText,
  longtext: toText,
  html: toText,
  url: meaningful('url'),
  phone: meaningful('phone'),
  country: strict('country'),
  region: meaningful('region'),
  language: meaningful('language'),
  timezone: meaningful('timezone'),
  // An address that is none there either is the target's to judge: it may refuse the whole contact over it.
  email: (from) =>
    from === 'email'
      ? JOINED
      : { ...strict('email')(from), apply: checked('not an e-mail address', toEmail) },
  number: (from) => ({
    ...judged(from, {
      exact: ['number', 'boolean'],
      lossy: ['text', 'longtext', 'choice', 'time'],
    }),
    note: from === 'number' || from === 'boolean' ? '' : 'only texts that are numbers arrive',
    apply: checked('not a number', toNumber(from)),
  }),
  boolean: (from) => ({
    ...judged(from, { exact: ['boolean'], lossy: ['text', 'number', 'choice', 'choices'] }),
    note: from === 'boolean' ? '' : 'only words for yes and no arrive',
    apply: checked('neither yes nor no', (text) => {
      const answer = readBoolean(text)
      return answer === null ? null : String(answer)
    }),
  }),
  date: (from) => ({
    ...judged(from, { exact: ['date'], lossy: ['datetime', 'text'] }),
    note: from === 'datetime' ? 'the time of day is cut' : 'only dates like 2026-01-31 arrive',
    apply: toDate,
  }),
  datetime: (from) => ({
    ...judged(from, { exact: ['datetime', 'date'], lossy: ['text'] }),
    note: from === 'text' ? 'only instants like 2026-01-31T09:00:00Z arrive' : '',
    apply: checked('not a date and time', toDatetime),
  }),
  time: (from) => ({
    ...judged(from, { exact: ['time'], lossy: ['text'] }),
    note: from === 'time' ? '' : 'only times like 09:00 arrive',
    apply: checked('not a time', (text) =>
      isWellFormed('time', text.trim()) ? text.trim() : null,
    ),
  }),
  choice: (from) => ({
    ...judged(from, {
      exact: ['choice'],
      lossy: ['choices', 'boolean', 'text', 'number', 'country', 'region', 'language', 'timezone'],
    }),
    note: from === 'choices' ? 'only the first of several choices arrives' : 'only options arrive',
    apply: single,
  }),
  choices: (from) => ({
    ...judged(from, {
      exact: ['choices', 'choice'],
      lossy: ['boolean', 'text', 'longtext', 'number', 'country', 'region', 'language'],
    }),
    note: 'only options arrive',
    apply: null,
  }),
}

function judged(
  from: ValueType,
  fits: { readonly exact: readonly ValueType[]; readonly lossy: readonly ValueType[] },
): { readonly fit: Conversion['fit'] } {
  if (fits.exact.includes(from)) return { fit: 'exact' }
  return { fit: fits.lossy.includes(from) ? 'lossy' : 'none' }
}

/** Names hold commas ("Acme, Inc"), and hardly ever a semicolon: so the list can be read back. */
function joined(value: Text): Text {
  return typeof value === 'string' ? value : value.join('; ')
}

function single(value: Text): Text | Refused {
  if (typeof value === 'string') return value
  const [first] = value
  if (first === undefined) return new Refused('no choice', null)
  return value.length === 1 ? first : new Refused('only one choice is possible', first)
}

function each(change: (text: string) => string): (value: Text) => Text {
  return (value) => (typeof value === 'string' ? change(value) : value.map(change).join(', '))
}

function booleanWord(text: string): string {
  if (text === 'true') return 'Yes'
  return text === 'false' ? 'No' : text
}

function checked(
  cause: string,
  read: (text: string) => string | null,
): (value: Text) => Text | Refused {
  return (value) => {
    const text = typeof value === 'string' ? value : value.join(', ')
    return read(text) ?? new Refused(cause, null)
  }
}

function toEmail(text: string): string | null {
  const short = text.trim()
  return isEmail(short) ? short : null
}

function toNumber(from: ValueType): (text: string) => string | null {
  return (text) => {
    if (from === 'boolean') return text === 'true' ? '1' : text === 'false' ? '0' : null
    const short = text.trim()
    return /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)$/.test(short) ? short : null
  }
}

function toDate(value: Text): Text | Refused {
  const text = typeof value === 'string' ? value.trim() : value.join(', ')
  if (isWellFormed('date', text)) return text
  const day = text.slice(0, 10)
  if (!isWellFormed('date', day) || !/^[T ]\d\d:\d\d/.test(text.slice(10))) {
    return new Refused('not a date that exists', null)
  }
  const isMidnight = /^[T ]00:00(?::00)?(?:\.0+)?Z?$/.test(text.slice(10))
  return isMidnight ? day : new Refused('the time of day is cut', day)
}

function toDatetime(text: string): string | null {
  const short = text.trim()
  if (isWellFormed('date', short)) return `${short}T00:00:00Z`
  return isWellFormed('datetime', short) ? short : null
}
