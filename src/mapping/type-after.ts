/** The type of a value once the transforms and the translation of a rule are done with it. */
import type { ValueType } from '../model/field.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import type { FieldRule, Transform } from './mapping.ts'

/** `to`: the type of the field that is written; null: it is not known yet. */
export function typeAfter(
  rule: Pick<FieldRule, 'do' | 'values'>,
  sources: readonly FieldDefinition[],
  to: ValueType | null,
): ValueType {
  const types = new Set(sources.map(({ type }) => type))
  const [only] = types
  const start: ValueType = types.size === 1 && only !== undefined ? only : 'text'
  const type = rule.do.reduce((now, transform) => after(transform, now, to), start)
  if (rule.values === null || type === 'choice' || type === 'choices') return type
  return 'text'
}

function after(transform: Transform, type: ValueType, to: ValueType | null): ValueType {
  switch (transform.name) {
    case 'split':
      return 'choices'
    case 'join':
    case 'template':
      return 'text'
    case 'e164':
      return 'phone'
    case 'country-iso':
    case 'country-name':
      return 'country'
    case 'date':
      if (to === 'date' || to === 'datetime') return to
      return to === null && type === 'text' ? 'date' : 'text'
    case 'trim':
    case 'lower':
    case 'title':
    case 'default':
    case 'truncate':
      return type
  }
}
