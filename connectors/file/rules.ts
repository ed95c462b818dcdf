/** What the format does to values: nothing, but for characters that a text file cannot hold. Pure. */
import type { Fit, TargetRules } from '../../src/connector/connector.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { FieldValue } from '../../src/model/field.ts'
import type { Format } from './options.ts'

export function rulesOf(format: Format): TargetRules {
  // JSON has an escape for every character.
  const clean = format === 'csv' ? holdable : (text: string) => text
  return {
    fit: (field, value) => fitValue(field, value, clean),
    fitTag: (name) => fitTag(name, clean),
    refuse: () => null,
  }
}

type Clean = (text: string) => string

function fitValue(field: FieldDefinition, value: FieldValue, clean: Clean): Fit {
  if (value === null || value.length === 0) return { kind: 'ok', value: null }
  const fitted = typeof value === 'string' ? clean(value) : value.map(clean)
  const isSame = typeof value === 'string' ? fitted === value : String(fitted) === String(value)
  const items = field.type === 'choices' && typeof fitted === 'string' ? [fitted] : fitted
  if (isSame) return { kind: 'ok', value: items }
  return { kind: 'loss', value: items.length === 0 ? undefined : items, cause: UNHOLDABLE }
}

function fitTag(name: string, clean: Clean): Fit {
  const fitted = clean(name)
  if (fitted.trim() === '') {
    return { kind: 'reject', cause: 'a tag without a name', hint: 'Rename it at the source.' }
  }
  if (fitted === name) return { kind: 'ok', value: name }
  return { kind: 'loss', value: fitted, cause: UNHOLDABLE }
}

const UNHOLDABLE = 'NUL characters and halves of characters, which a CSV cannot hold'

/** Readers of CSV end a text at NUL; half a surrogate pair has no UTF-8. */
function holdable(text: string): string {
  const whole = text.isWellFormed() ? text : text.replace(LONE_SURROGATES, '')
  return whole.includes('\0') ? whole.replaceAll('\0', '') : whole
}
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
