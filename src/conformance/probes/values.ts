/** Values on their way there and back: whatever a platform does to one must be foretold by its rules. */
import { norm } from '../../model/norm.ts'
import type { FieldValue } from '../../model/field.ts'
import type { FieldDefinition } from '../../model/vocabulary.ts'
import { outcomeText, plainFields, type Hands } from '../hands.ts'
import { faultless, skipped, type WritingProbe } from '../probe.ts'
import { samplesOf } from '../samples.ts'

export const valueRewriting: WritingProbe = {
  name: 'value rewriting',
  asks: 'Does every value come back as it was written, or as the rules foretell, by type?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(_bench, hands) {
    const faults: string[] = []
    const foretold = new Set<string>()
    const types = new Set<string>()
    for (const field of fieldsToTry(hands)) {
      const id = await hands.create()
      for (const value of samplesOf(field)) {
        const fit = hands.writer.rules.fit(field, value)
        if (fit.kind !== 'ok') foretold.add(`${field.type}: ${fit.cause}`)
        if (fit.kind === 'reject' || fit.value === undefined) continue
        const fault = await faultOf(hands, { id, field, value: fit.value })
        if (fault !== null) faults.push(fault)
        types.add(field.type)
      }
    }
    if (types.size === 0) return skipped('there is no field to write to')
    const told = foretold.size === 0 ? '' : `; foretold: ${[...foretold].join(', ')}`
    return faultless('as written', faults, `as written: ${[...types].join(', ')}${told}`)
  },
}

/** Fields that take any value of their type: no keys, no addresses to mail, nothing that refers to another record. */
export function isFree({ path, readable, writable, isUnique }: FieldDefinition): boolean {
  return readable && writable && !isUnique && !BOUND.test(path)
}
const BOUND =
  /^(?:emails\.1|owner|company|prefix|gender|createdAt|custom\.(?:companies|SecondaryCompanies))$/

/** The first two of each type, own fields of the account among them. */
function fieldsToTry(hands: Hands): readonly FieldDefinition[] {
  const free = [...plainFields(hands.catalog), ...hands.catalog.fields.filter(isFree)]
  const taken = new Map<string, FieldDefinition>()
  for (const field of free) {
    const isOwn = field.path.startsWith('custom.')
    // Regions and the like depend on each other; plain text stands for the rest of the standard fields.
    const key = `${field.type} ${isOwn}`
    if (!taken.has(key)) taken.set(key, field)
  }
  return [...taken.values()]
}

async function faultOf(
  hands: Hands,
  {
    id,
    field,
    value,
  }: {
    readonly id: Parameters<Hands['see']>[0]
    readonly field: FieldDefinition
    readonly value: FieldValue
  },
): Promise<string | null> {
  const { path, type } = field
  const at = `${path} (${type}) ${JSON.stringify(value)}`
  const outcome = await hands.update(id, { fields: { [path]: value } })
  if (outcome.kind !== 'done') return `${at}: ${outcomeText(outcome)}`
  const back = (await hands.see(id)).fields[path] ?? null
  return norm(type, back) === norm(type, value)
    ? null
    : `${at} came back as ${JSON.stringify(back)}`
}
