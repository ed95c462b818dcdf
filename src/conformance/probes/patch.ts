/** What a write leaves alone, and what it empties: absent, null and a value are three things. */
import { norm } from '../../model/norm.ts'
import type { FieldDefinition } from '../../model/vocabulary.ts'
import { outcomeText, plainFields, type Hands } from '../hands.ts'
import { compare, faultless, skipped, type WritingProbe } from '../probe.ts'
import { sampleOf } from '../samples.ts'
import { isFree } from './values.ts'

export const omittedStays: WritingProbe = {
  name: 'patch or replace',
  asks: 'Does a change leave alone what it does not mention?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(_bench, hands) {
    const [one, two] = plainFields(hands.catalog)
    if (one === undefined) return skipped('there is no text field to write')
    const tags = hands.writer.capabilities.tags.add ? [await hands.tag()] : []
    const id = await hands.create({
      fields: hands.person({ [one.path]: 'stays', ...(two ? { [two.path]: 'stays too' } : {}) }),
      addTags: tags,
    })
    const before = await hands.see(id)
    const outcome = await hands.update(id, { fields: { [one.path]: 'changed' } })
    const after = await hands.see(id)
    const faults = outcome.kind === 'done' ? [] : [outcomeText(outcome)]
    for (const { path, type, writable } of hands.catalog.fields) {
      if (path === one.path || !writable) continue
      const [was, is] = [before, after].map(({ fields }) => norm(type, fields[path] ?? null))
      if (was !== is) faults.push(`${path} was "${was}" and is "${is}"`)
    }
    if (after.fields[one.path] !== 'changed') faults.push(`${one.path} was not changed`)
    if (before.tags?.join() !== after.tags?.join()) faults.push('its tags changed')
    return faultless('only what is mentioned changes', faults, 'only what is mentioned changes')
  },
}

export const clearing: WritingProbe = {
  name: 'null empties',
  asks: 'Which fields can be emptied, and is what the rules promise about it true?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(_bench, hands) {
    const { update } = hands.writer.capabilities
    const claims = update !== false && update.clears
    const faults: string[] = []
    const emptied: string[] = []
    const kept: string[] = []
    for (const field of onePerType(hands)) {
      const was = await emptiedAt(hands, field)
      if (was === 'unwritten') continue
      if (was === 'no') kept.push(field.type)
      else if (was === 'yes') emptied.push(field.type)
      else faults.push(`${field.path} (${field.type}): ${was}`)
    }
    if (![...emptied, ...kept].includes('text')) return skipped('there is no text field to empty')
    const seen = emptied.includes('text') ? 'empties text' : 'does not empty text'
    const claimed = claims ? 'empties text' : 'does not empty text'
    const told = `emptied: ${emptied.join(', ') || 'nothing'}; the plan says no to: ${kept.join(', ') || 'nothing'}`
    if (faults.length > 0) return faultless(claimed, faults, told)
    const verdict = compare(claimed, seen, told)
    return verdict.kind === 'holds' ? { kind: 'holds', seen: told } : verdict
  },
}

/** `no`: the rules foretell that nothing will be emptied. Anything but the three words is a fault. */
async function emptiedAt(
  hands: Hands,
  field: FieldDefinition,
): Promise<'yes' | 'no' | 'unwritten' | string> {
  const { path, type } = field
  const { rules } = hands.writer
  const fit = rules.fit(field, sampleOf(field))
  const sample = fit.kind === 'reject' ? undefined : fit.value
  if (sample === undefined || sample === null) return 'unwritten'
  const id = await hands.create({ fields: hands.person({ [path]: sample }) })
  if (norm(type, (await hands.see(id)).fields[path] ?? null) === '') return 'unwritten'
  const blank = rules.fit(field, null)
  if (blank.kind !== 'ok' || blank.value !== null) return 'no'
  const outcome = await hands.update(id, { fields: { [path]: null } })
  if (outcome.kind === 'rejected')
    return `rejected, which the rules did not foretell: ${outcome.message}`
  if (outcome.kind !== 'done') return outcomeText(outcome)
  const left = (await hands.see(id)).fields[path] ?? null
  return norm(type, left) === '' ? 'yes' : `still ${JSON.stringify(left)} after it was emptied`
}

function onePerType(hands: Hands): readonly FieldDefinition[] {
  const types = new Map<string, FieldDefinition>()
  const [text] = plainFields(hands.catalog)
  if (text !== undefined) types.set('text', text)
  for (const field of hands.catalog.fields) {
    if (isFree(field) && !field.isRequired && !types.has(field.type)) types.set(field.type, field)
  }
  return [...types.values()]
}
