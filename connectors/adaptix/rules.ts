/** What the server would do to a value, told before anything is sent: cut, drop, mangle or refuse. Pure. Evidence: README, "quirks". */
import type { Fit, Refusal, TargetRules } from '../../src/connector/connector.ts'
import type { Fields, FieldValue } from '../../src/model/field.ts'
import { isWellFormed } from '../../src/model/norm.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import { TEXT_CHARS_MAX } from './fields.ts'
import { acceptedCountry, acceptedLocale, acceptedRegion, acceptedZone } from './places.ts'
import type { Profile } from './profile.ts'

export interface RuleOptions {
  readonly profile: Pick<Profile, 'clears' | 'emoji'>
  /** Regions beyond those known to be in the server's list; `any`: all are sent. */
  readonly regions: 'any' | readonly string[]
  /** Paths that a new contact must have, from the catalogue. */
  readonly required: readonly FieldDefinition[]
}

export function makeRules(options: RuleOptions): TargetRules {
  return {
    fit(field, value) {
      if (value === null || value === '' || value.length === 0) return fitBlank(field, options)
      if (typeof value !== 'string') return fitItems(value, options)
      return fitText(field, value, options)
    },
    fitTag: (name) => fitTag(name, options),
    fitOption: (_field, value) =>
      [...value].length > TEXT_CHARS_MAX
        ? `options hold at most ${TEXT_CHARS_MAX} characters`
        : null,
    refuse: (op, fields) => refuseRecord(op, fields, options),
  }
}

const OK = (value: FieldValue): Fit => ({ kind: 'ok', value })
const LOST = (cause: string): Fit => ({ kind: 'loss', value: undefined, cause })
const LESS = (value: FieldValue, cause: string): Fit => ({ kind: 'loss', value, cause })

function fitBlank(field: FieldDefinition, { profile }: RuleOptions): Fit {
  if (field.type === 'boolean') return LOST('a yes/no field cannot be emptied')
  // Points are never empty there: without any they are zero.
  if (field.path === 'points') return OK('0')
  if (field.path === 'owner') return OK(null)
  return profile.clears ? OK(null) : LOST('this version cannot empty a field')
}

/** Several choices travel joined by bars. */
function fitItems(items: readonly string[], options: RuleOptions): Fit {
  const whole = items.filter((item) => !item.includes('|'))
  if (whole.length === 0) return LOST('an option with a bar in it cannot be told from two options')
  if (isZero(whole.join('|'))) return LOST(ZERO)
  if (whole.length < items.length)
    return LESS(whole, 'an option with a bar in it cannot be told from two options')
  return options.profile.emoji || !whole.some(hasEmoji) ? OK(items) : LOST(EMOJI)
}

function fitText(field: FieldDefinition, text: string, options: RuleOptions): Fit {
  if (field.path === 'points') return fitPoints(text)
  if (field.path === 'owner')
    return /^\d+$/.test(text) ? OK(text) : LOST('owners are named by their number there')
  switch (field.type) {
    case 'boolean':
      return OK(text)
    case 'date':
      return isWellFormed('date', text) ? OK(text) : LOST('a date that cannot be read is dropped')
    case 'datetime':
      return fitDatetime(text)
    case 'time':
      return fitTime(text)
    case 'email':
      return fitEmail(field, text)
    case 'number':
      return fitNumber(text)
    case 'country':
      return accepted(acceptedCountry(text), 'not in the list of countries there')
    case 'region':
      return fitRegion(text, options)
    case 'timezone':
      return accepted(acceptedZone(text), 'not in the list of time zones there')
    case 'language':
      return accepted(acceptedLocale(text), 'not a locale there')
    case 'choices':
      return fitItems([text], options)
    case 'html':
      return fitHtml(text, options)
    case 'choice':
      return isZero(text) ? LOST(ZERO) : OK(text)
    case 'longtext':
      return fitPlain(text, options)
    default:
      return fitLength(field, fitPlain(text, options))
  }
}

/** A field that is only planned has no length of its own yet; it will get this one (README, "lengths"). Existing ones are cut by the mapping. */
function fitLength(field: FieldDefinition, fit: Fit): Fit {
  if (field.maxLength !== null || fit.kind === 'reject' || typeof fit.value !== 'string') return fit
  const { value } = fit
  const kept = value.length <= TEXT_CHARS_MAX ? value : [...value].slice(0, TEXT_CHARS_MAX).join('')
  const cut = kept.trim()
  return cut === value ? fit : LESS(cut, `cut to ${TEXT_CHARS_MAX} characters`)
}

const ZERO = 'a zero cannot be written'
const EMOJI = 'characters beyond the basic plane (emoji) are removed'
const MARKUP = 'markup is removed'

/** Zero points can be reached, by subtracting. */
function fitPoints(text: string): Fit {
  const points = Number(text)
  if (text.trim() === '' || !Number.isFinite(points)) return LOST('points are whole numbers')
  if (Number.isInteger(points)) return OK(text)
  const whole = String(Math.trunc(points))
  return LESS(whole === '-0' ? '0' : whole, 'points are whole numbers')
}

function fitNumber(text: string): Fit {
  if (!isWellFormed('number', text)) return LOST('not a number')
  return isZero(text) ? LOST(ZERO) : OK(text)
}

function fitDatetime(text: string): Fit {
  if (!isWellFormed('datetime', text)) return LOST('a date that cannot be read is dropped')
  const minute = `${text.slice(0, 16)}:00Z`
  return text.slice(16).startsWith(':00') ? OK(minute) : LESS(minute, 'seconds are cut')
}

/** An integer cast comes before the time is read, and 00:30 casts to nothing. */
function fitTime(text: string): Fit {
  if (!isWellFormed('time', text)) return LOST('a time that cannot be read is dropped')
  return text.startsWith('00:') ? LOST('a time in the first hour of the day is dropped') : OK(text)
}

function fitEmail(field: FieldDefinition, text: string): Fit {
  const trouble = emailTrouble(text)
  if (trouble === null) return OK(text.trim())
  if (field.path !== 'emails.1') return LOST(trouble.cause)
  return { kind: 'reject', ...trouble }
}

function fitRegion(text: string, { regions }: RuleOptions): Fit {
  if (regions === 'any' || regions.includes(text)) return OK(text)
  const region = acceptedRegion(text)
  // A code that several countries use travels as it is and is settled with the country when it is sent.
  if (region === 'unsure') return OK(text)
  return accepted(region?.name ?? null, 'not in the list of regions there')
}

function accepted(name: string | null, cause: string): Fit {
  if (name !== null) return OK(name)
  return LOST(`${cause} (the whole contact would be refused)`)
}

function fitHtml(text: string, { profile }: RuleOptions): Fit {
  const safe = text
    .replaceAll('\u0000', '')
    .replace(/<(script|style|iframe|object)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/\son\w+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, '')
    .trim()
  const shown = profile.emoji ? safe : withoutEmoji(safe)
  if (shown === '') return LOST(MARKUP)
  if (isZero(shown)) return LOST(ZERO)
  if (shown === text.trim()) return OK(shown)
  return LESS(shown, safe === text.trim() ? EMOJI : 'scripts and event handlers are removed')
}

function fitPlain(text: string, { profile }: RuleOptions): Fit {
  const trimmed = text.trim()
  const clean = cleanText(text)
  const shown = profile.emoji ? clean : withoutEmoji(clean)
  if (shown === '') return trimmed === '' ? OK(null) : LOST(clean === '' ? MARKUP : EMOJI)
  if (isZero(shown)) return LOST(ZERO)
  if (shown === trimmed) return OK(shown)
  return LESS(shown, clean === trimmed ? EMOJI : MARKUP)
}

function fitTag(name: string, { profile }: RuleOptions): Fit {
  const clean = cleanText(name)
  const plain = profile.emoji ? clean : withoutEmoji(clean)
  if (plain === '') return LOST(clean === '' ? MARKUP : EMOJI)
  // With a minus in front it would be removed instead of added, from this contact and every other write.
  if (plain.startsWith('-')) return LOST('a tag that begins with a minus cannot be added')
  const cut = [...plain].slice(0, TEXT_CHARS_MAX).join('').trim()
  if (cut !== plain) return LESS(cut, `tags are cut to ${TEXT_CHARS_MAX} characters`)
  if (plain === name.trim()) return OK(plain)
  return LESS(plain, clean === name.trim() ? EMOJI : MARKUP)
}

function refuseRecord(
  op: 'create' | 'update',
  fields: Fields,
  { required }: RuleOptions,
): Refusal | null {
  const email = fields['emails.1']
  if (typeof email === 'string' && email !== '') {
    const trouble = emailTrouble(email)
    if (trouble !== null) return trouble
  }
  if (op === 'update') return null
  const missing = required.find(({ path }) => (fields[path] ?? null) === null)
  if (missing === undefined) return null
  return {
    cause: `${missing.label} is required there`,
    hint: `Map something to ${missing.native}, give it a default, or lift the requirement there.`,
  }
}

/**
 * The server drops what it does not like from an address before it looks for the contact that has it, so another person's contact may
 * be hit: such an address must never be sent.
 */
export function emailTrouble(address: string): Refusal | null {
  const text = address.trim()
  if (/[^\x21-\x7e]/.test(text) || text.includes(',')) {
    return {
      cause:
        'the server would strip letters from this e-mail address and might hit another contact',
      hint: 'Correct the address at the source: no blanks, commas or letters beyond ASCII.',
    }
  }
  if (text.length > TEXT_CHARS_MAX) {
    return {
      cause: `the e-mail address is longer than ${TEXT_CHARS_MAX} characters`,
      hint: 'Correct it at the source.',
    }
  }
  if (!ADDRESS.test(text) || text.includes('..') || text.startsWith('.')) {
    return { cause: 'the server refuses this e-mail address', hint: 'Correct it at the source.' }
  }
  return null
}
const ADDRESS = /^[^\s@<>()[\]\\;:"^&*%]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z0-9-]{2,}$/

/** Any number whose whole part is 0, in any kind of field, is taken for nothing. */
function isZero(text: string): boolean {
  const plain = text.trim()
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain) && Math.trunc(Number(plain)) === 0
}

/** Entities decoded, tags gone, and no angle bracket left that could take text with it. Idempotent. */
function cleanText(text: string): string {
  // Nearly all texts hold nothing of the kind.
  if (!/[\0&<]/.test(text)) return text.trim()
  let before = text.replaceAll('\u0000', '')
  for (;;) {
    const after = decodeEntities(before)
      .replace(/<[a-zA-Z/!?][^<>]*>/g, '')
      .replaceAll('<', '')
    if (after === before) return after.trim()
    before = after
  }
}

function decodeEntities(text: string): string {
  return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

function hasEmoji(text: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(text)
}

function withoutEmoji(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}]\u{fe0f}?\u{200d}?/gu, '').trim()
}
