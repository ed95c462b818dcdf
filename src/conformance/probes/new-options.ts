/** Options added to a list that is there: behind the others, once, and nobody loses the one they have. */
import type { FieldDefinition, FieldDraft, FieldOption } from '../../model/vocabulary.ts'
import { type Hands, outcomeText, PROBE_NAME } from '../hands.ts'
import { faultless, type WritingProbe } from '../probe.ts'
import { Unmet } from '../unmet.ts'

export const newOptions: WritingProbe = {
  name: 'new options',
  asks: 'Can options be added to a list behind those that are there, once, without a contact losing the one it has?',
  needs: 'writing',
  unless: ({ fields, update }) => {
    if (fields.options !== true) return 'lists cannot be added to here'
    return fields.create && update !== false ? null : 'no list of its own can be made here'
  },
  async run(bench, hands) {
    const { writer } = hands
    const field = await writer.createField(DRAFT, bench.signal)
    const before = valuesOf(field)
    const [held] = before
    if (held === undefined) return faultless('a list', ['a field without options'], 'a list')
    const holder = await hands.create({ fields: hands.person({ [field.path]: held }) })
    const fresh: FieldOption = { value: `Probe ${bench.nonce}`, label: `Probe ${bench.nonce}` }
    const faults: string[] = []
    const check = async (when: string) => {
      const now = valuesOf(await listed(hands, field, bench.signal))
      const wanted = [...before, fresh.value]
      if (JSON.stringify(now) !== JSON.stringify(wanted))
        faults.push(`${when}: ${now.join(', ')} instead of ${wanted.join(', ')}`)
    }
    await writer.addOptions(field, [fresh], bench.signal)
    await check('added')
    // By the definition of before, as after a crash.
    await writer.addOptions(field, [fresh], bench.signal)
    await check('added again')
    const other = await hands.create({ fields: hands.person({ [field.path]: fresh.value }) })
    const saved = await hands.update(holder, { fields: { jobTitle: 'Probe' } })
    if (saved.kind !== 'done') faults.push(`saved afterwards: ${outcomeText(saved)}`)
    for (const [id, value] of [
      [holder, held],
      [other, fresh.value],
    ] as const) {
      const back = (await hands.see(id)).fields[field.path] ?? null
      if (back !== value) faults.push(`a contact that holds ${value} shows ${String(back)}`)
    }
    return faultless('added', faults, 'added behind the others, once')
  },
}

async function listed(
  { writer }: Hands,
  { path }: FieldDefinition,
  signal: AbortSignal,
): Promise<FieldDefinition> {
  const { fields } = await writer.catalog(signal)
  const found = fields.find((field) => field.path === path)
  if (found === undefined) throw new Unmet('a field in the catalogue', `${path} is not there`)
  return found
}

function valuesOf({ options }: FieldDefinition): readonly string[] {
  return (options ?? []).map(({ value }) => value)
}

const DRAFT: FieldDraft = {
  label: `${PROBE_NAME} list`,
  name: 'ferry_probe_list',
  type: 'choice',
  options: [
    { value: 'One', label: 'One' },
    { value: 'Two', label: 'Two' },
  ],
}
