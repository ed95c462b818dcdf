/** What the platform does to values, known without asking it: what fits, what is lost, what is refused. Pure. */
import type { Fit, Refusal, TargetRules } from '../../src/connector/connector.ts'
import type { Fields, FieldValue } from '../../src/model/field.ts'
import { isWellFormed, norm } from '../../src/model/norm.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import { legal } from './characters.ts'
import { type CustomField, canListChoices, dataType, TEXT_LENGTH_MAX } from './custom-fields.ts'
import { isPhone, SLOTS } from './phones.ts'
import { instantOf, wireStampAt } from './stamps.ts'

export interface RuleOptions {
  /** What becomes of characters beyond the basic plane, which old accounts may not be able to keep (quirk 24). */
  readonly emoji: 'keep' | 'drop'
  /** The zone in which the account keeps moments, as wall times (quirk 2). */
  readonly zone: string
  /** The account's own field with that path, as far as it is known already. */
  custom(path: string): CustomField | null
}

export function targetRules(options: RuleOptions): TargetRules {
  return {
    fit(field, value) {
      if (value === null || value.length === 0) return { kind: 'ok', value }
      const clean = cleaned(value, options.emoji)
      const fit = fitType(field, clean.value, options)
      if (clean.cause === null || fit.kind !== 'ok') return fit
      return { kind: 'loss', value: fit.value, cause: clean.cause }
    },
    fitTag(name) {
      const clean = legal(name).trim()
      if (clean === '')
        return {
          kind: 'reject',
          cause: 'a tag without a name',
          hint: 'Exclude it, or rename it in the mapping.',
        }
      const short = clean.slice(0, TEXT_LENGTH_MAX)
      if (short === name) return { kind: 'ok', value: name }
      const cause = short === clean ? 'blanks or forbidden characters dropped' : 'tag name too long'
      return { kind: 'loss', value: short, cause }
    },
    fitOption,
    refuse,
  }
}

/** A list is a text with an option a line, and several choices are parted by commas. */
function fitOption(field: FieldDefinition, value: string): string | null {
  if (/[\r\n]/.test(value)) return 'an option of more than one line'
  if (field.type === 'choices' && value.includes(','))
    return 'options with commas that cannot be told apart'
  return value.length > TEXT_LENGTH_MAX
    ? `options hold at most ${TEXT_LENGTH_MAX} characters`
    : null
}

function refuse(op: 'create' | 'update', fields: Fields): Refusal | null {
  if (op === 'update') return null
  const filled = Object.keys(fields).filter((path) => !isBlank(fields[path] ?? null))
  if (!filled.some((path) => IDENTITY.test(path)))
    return {
      cause: 'neither name, e-mail, phone nor company',
      hint: 'Such a contact could never be found again; fill one of them or exclude the record.',
    }
  const phones = filled.filter(isPhone)
  const numbers = phones.filter((path) => !path.endsWith('.extension'))
  if (numbers.length > SLOTS.length)
    return {
      cause: `more than ${SLOTS.length} phone numbers`,
      hint: 'Keap keeps five; leave one out in the mapping.',
    }
  const lone = phones.find(
    (path) => path.endsWith('.extension') && !filled.includes(path.slice(0, -'.extension'.length)),
  )
  if (lone === undefined) return null
  return { cause: `${lone} without a number`, hint: 'Leave the extension out in the mapping.' }
}

const IDENTITY = /^(?:givenName|familyName|nickname|company|emails\.|phones\.)/
const BEYOND_BASIC_PLANE = /[\u{10000}-\u{10ffff}]/gu
/** The database behind keeps no earlier ones. */
const YEAR_MIN = '1000'

function fitType(
  field: FieldDefinition,
  value: string | readonly string[],
  options: RuleOptions,
): Fit {
  if (typeof value !== 'string') return fitChoices(field, value)
  switch (field.type) {
    case 'date':
    case 'datetime':
      if (!isWellFormed(field.type, value)) return lost(`not a ${field.type}`)
      if (value.slice(0, 4) < YEAR_MIN) return lost('a date before the year 1000')
      return field.type === 'datetime' ? fitMoment(value, options.zone) : ok(value)
    case 'number':
      return fitNumber(field, value, options)
    case 'boolean':
      return isWellFormed('boolean', value) ? ok(value) : lost('neither yes nor no')
    case 'choice':
      return fitChoice(field, value)
    case 'choices':
      return fitChoices(field, [value])
    default:
      return field.path === 'owner' && !/^\d{1,9}$/.test(value)
        ? lost('no user of the account')
        : ok(value)
  }
}

/** Of the two hours that are one wall time there, the earlier one is read back. */
function fitMoment(value: string, zone: string): Fit {
  const kept = instantOf(wireStampAt(Date.parse(value), zone), zone, 'earlier')
  if (norm('datetime', kept) === norm('datetime', value)) return ok(value)
  return {
    kind: 'loss',
    value: kept,
    cause: 'in the hour that autumn repeats, the first one is kept',
  }
}

function fitNumber(field: FieldDefinition, value: string, options: RuleOptions): Fit {
  if (!isWellFormed('number', value)) return lost('not a number')
  const custom = options.custom(field.path)
  if (custom === null || dataType(custom.dataType).wire !== 'whole') return ok(value)
  const whole = /^([+-]?\d+)(?:\.0*)?$/.exec(value.trim())?.[1]
  if (whole === undefined || Math.abs(Number(whole)) > 999_999_999)
    return lost('not a whole number of at most nine digits')
  return ok(whole)
}

function fitChoice(field: FieldDefinition, value: string): Fit {
  const option = optionFor(field, value)
  return option === null ? lost('not one of the options') : ok(option)
}

function fitChoices(field: FieldDefinition, values: readonly string[]): Fit {
  const known = values.flatMap((value) => optionFor(field, value) ?? [])
  const options = field.options?.map((option) => option.value) ?? []
  if (!canListChoices(known, options)) return lost('options with commas that cannot be told apart')
  if (known.length === values.length) return ok(known)
  const cause = 'not one of the options'
  return { kind: 'loss', value: known.length === 0 ? undefined : known, cause }
}

/** The option as it is written there; case and blanks around do not matter to the server. */
function optionFor(field: FieldDefinition, value: string): string | null {
  if (field.options === null) return value
  const exact = field.options.find((option) => option.value === value)
  const wanted = value.trim().toLowerCase()
  const close = field.options.find((option) => option.value.trim().toLowerCase() === wanted)
  return (exact ?? close)?.value ?? null
}

function cleaned(
  value: string | readonly string[],
  emoji: RuleOptions['emoji'],
): { readonly value: string | readonly string[]; readonly cause: string | null } {
  const clean =
    typeof value === 'string' ? cleanText(value, emoji) : value.map((one) => cleanText(one, emoji))
  const isSame = JSON.stringify(clean) === JSON.stringify(value)
  return { value: clean, cause: isSame ? null : 'characters that cannot be kept there' }
}

function cleanText(text: string, emoji: RuleOptions['emoji']): string {
  const clean = legal(text)
  return emoji === 'drop' ? clean.replace(BEYOND_BASIC_PLANE, '') : clean
}

function ok(value: FieldValue): Fit {
  return { kind: 'ok', value }
}
function lost(cause: string): Fit {
  return { kind: 'loss', value: undefined, cause }
}
function isBlank(value: FieldValue): boolean {
  return value === null || value.length === 0
}
