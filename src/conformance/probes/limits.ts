/** Lengths and options: what the catalogue permits must be kept, and what it does not is seen. */
import { ConnectorError } from '../../connector/error.ts'
import type { FieldDefinition } from '../../model/vocabulary.ts'
import { outcomeText, plainFields, type Hands } from '../hands.ts'
import { faultless, skipped, type WritingProbe } from '../probe.ts'

const OPTIONS_MAX = 20
const FIELDS_MAX = 3

export const fieldLengths: WritingProbe = {
  name: 'length limits',
  asks: 'Is a text of the greatest length kept whole, and what becomes of a longer one?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(_bench, hands) {
    const limited = plainFields(hands.catalog).filter(({ maxLength }) => maxLength !== null)
    if (limited.length === 0) return skipped('the catalogue knows no length')
    const faults: string[] = []
    const beyond = new Set<string>()
    for (const field of limited.slice(0, FIELDS_MAX)) {
      const longest = 'é'.repeat(field.maxLength ?? 0)
      const kept = await after(hands, field, longest)
      if (kept !== 'kept') faults.push(`${field.path}: ${longest.length} characters are ${kept}`)
      beyond.add(await after(hands, field, `${longest}é`))
    }
    return faultless('kept whole', faults, `kept whole; one more is ${[...beyond].join(', ')}`)
  },
}

export const fieldOptions: WritingProbe = {
  name: 'option limits',
  asks: 'Is every option of a choice kept, and what becomes of one that is not in the list?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(_bench, hands) {
    const choice = hands.catalog.fields.find(
      ({ type, options, writable, path }) =>
        type === 'choice' && writable && (options ?? []).length > 0 && path.startsWith('custom.'),
    )
    if (choice === undefined) return skipped('there is no choice to write to')
    const faults: string[] = []
    let tried = 0
    for (const { value } of (choice.options ?? []).slice(0, OPTIONS_MAX)) {
      const fit = hands.writer.rules.fit(choice, value)
      if (fit.kind !== 'ok' || typeof fit.value !== 'string') continue
      const kept = await after(hands, choice, fit.value)
      tried += 1
      if (kept !== 'kept') faults.push(`${choice.path}: option ${value} is ${kept}`)
    }
    const other = await after(hands, choice, 'no such option')
    return faultless(
      'every option is kept',
      faults,
      `${tried} options kept; another one is ${other}`,
    )
  },
}

/** Each on a contact of its own: what one write breaks does not weigh on the next. */
async function after(hands: Hands, field: FieldDefinition, text: string): Promise<string> {
  const id = await hands.create()
  try {
    const outcome = await hands.update(id, { fields: { [field.path]: text } })
    if (outcome.kind !== 'done')
      return outcome.kind === 'rejected' ? 'rejected' : outcomeText(outcome)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return `answered by "${error.kind}"`
  }
  const back = (await hands.see(id)).fields[field.path] ?? null
  if (back === text) return 'kept'
  if (back === null) return 'dropped'
  return typeof back === 'string' && text.startsWith(back) ? 'cut' : 'changed'
}
