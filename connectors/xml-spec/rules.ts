/** What this platform does to values that are written to it, known without asking. Pure. */
import type { Fit, Refusal, TargetRules } from '../../src/connector/connector.ts'
import type { FieldPath, Fields, FieldValue } from '../../src/model/field.ts'
import { isWellFormed } from '../../src/model/norm.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import { legal } from './characters.ts'
import { SECONDARY_COMPANIES } from './standard-fields.ts'

export const rules: TargetRules = { fit, fitTag, refuse }

function fit(field: FieldDefinition, value: FieldValue): Fit {
  if (value === null || value.length === 0) return { kind: 'ok', value: null }
  const clean = typeof value === 'string' ? legal(value) : value.map(legal)
  const fitted = fitType(field, clean)
  if (fitted.kind !== 'ok' || isSame(clean, value)) return fitted
  return { kind: 'loss', value: fitted.value, cause: ILLEGAL }
}

function fitType(field: FieldDefinition, value: string | readonly string[]): Fit {
  if (field.path === SECONDARY_COMPANIES) return { kind: 'ok', value }
  switch (field.type) {
    case 'date': {
      const text = typeof value === 'string' ? value : value.join()
      return isWellFormed('date', text)
        ? { kind: 'ok', value: text }
        : lost('not a day that exists')
    }
    case 'choices':
      return fitChoices(typeof value === 'string' ? [value] : value)
    case 'choice': {
      const text = typeof value === 'string' ? value : value.join()
      // A field still to be made becomes a plain text where its options hold commas, see `createField`.
      return text.includes(',') && !isDrafted(field.path)
        ? lost(COMMA)
        : { kind: 'ok', value: text }
    }
    default:
      return { kind: 'ok', value: typeof value === 'string' ? value : value.join(', ') }
  }
}

/** Options travel in one text, parted by commas, so one with a comma would come back as two (quirk 11). */
function fitChoices(values: readonly string[]): Fit {
  const kept = values.filter((value) => !value.includes(','))
  if (kept.length === values.length) return { kind: 'ok', value: values }
  return { kind: 'loss', value: kept.length === 0 ? undefined : kept, cause: COMMA }
}

/** Nothing but a name can be written; abbreviation and number are given there (quirk 35). */
function fitTag(name: string): Fit {
  const clean = legal(name).replace(/\s+/g, ' ').trim()
  if (clean === '')
    return { kind: 'reject', cause: 'a tag without a name', hint: 'Rename it at the source.' }
  if (clean === name) return { kind: 'ok', value: name }
  return { kind: 'loss', value: clean, cause: 'blanks or characters that a tag cannot keep there' }
}

/** What the server requires is not documented; a contact of which nothing at all is told would be nobody. */
function refuse(op: 'create' | 'update', fields: Fields): Refusal | null {
  if (op === 'update' || Object.values(fields).some((value) => value !== null && value.length > 0))
    return null
  return {
    cause: 'nothing of this contact can be written there',
    hint: 'Give it a name or an e-mail address at the source, or leave it out.',
  }
}

const ILLEGAL = 'characters that XML cannot hold'
const COMMA = 'an option with a comma, which would be read as two'

function lost(cause: string): Fit {
  return { kind: 'loss', value: undefined, cause }
}

function isDrafted(path: FieldPath): boolean {
  return path.startsWith('custom.new:')
}

function isSame(a: string | readonly string[], b: string | readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
