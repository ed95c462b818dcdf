/** Values of the custom fields: mostly missing, mostly sane, sometimes zero, padded or far too long. */
import type { Dice } from './dice.ts'
import type { PersonField } from './person.ts'
import { LONG_TEXT, ODD_WORDS, OVERLONG, REMARKS } from './texts.ts'
import { CUSTOM_FIELDS } from './vocabulary.ts'

const daysMs = 86_400_000

export function custom(dice: Dice, createdAt: number): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  if (dice.chance(0.25)) return values
  for (const field of CUSTOM_FIELDS) {
    if (dice.chance(0.3)) values[field.label] = value(field, dice, createdAt)
  }
  return values
}

function value(field: PersonField, dice: Dice, createdAt: number): string {
  switch (field.type) {
    case 'text':
      return text(dice)
    case 'longtext':
      return dice.chance(0.1) ? LONG_TEXT.slice(0, 300 + dice.below(3000)) : dice.pick(REMARKS)
    case 'number':
      return String(dice.chance(0.3) ? 0 : dice.below(9))
    case 'decimal':
      return dice.pick(['0', '36', '42.5', '0.1', '-1.25', '1234567.891'])
    case 'currency':
      return dice.chance(0.1) ? '0' : `${dice.below(100_000)}.${10 + dice.below(90)}`
    case 'boolean':
      return dice.chance(0.5) ? 'true' : 'false'
    case 'date':
      return dice.chance(0.02) ? '2028-02-29' : day(createdAt + dice.below(3000) * daysMs)
    case 'datetime':
      return instant(createdAt + dice.below(400 * 86_400) * 1000)
    case 'choice':
    case 'radio':
      return dice.pick(field.options)
    case 'choices':
      return several(field.options, dice)
    case 'phone':
      return dice.chance(0.05) ? 'n/a' : `030 90 18 20 ${10 + dice.below(90)}`
    case 'email':
      return dice.chance(0.05) ? 'none' : `invoices+${dice.below(1000)}@shop.example`
    case 'url':
      return dice.chance(0.05) ? 'n/a' : `https://shop.example/~${dice.below(1000)}?a=1&b=ü`
    case 'year':
      return String(1890 + dice.below(136))
  }
}

function text(dice: Dice): string {
  const roll = dice.next()
  if (roll < 0.05) return dice.pick(ODD_WORDS)
  if (roll < 0.052) return OVERLONG
  return String(dice.below(100_000)).padStart(6, '0')
}

function several(options: readonly string[], dice: Dice): string {
  const chosen = options.filter(() => dice.chance(0.4))
  return chosen.length === 0 ? dice.pick(options) : chosen.join('\n')
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
