/** The marker: what tells a contact again whatever happens to the rest of it. */
import { faultless, skipped, type WritingProbe } from '../probe.ts'
import type { FieldDraft } from '../../model/vocabulary.ts'
import { PROBE_NAME, plainFields } from '../hands.ts'

export const markerSurvives: WritingProbe = {
  name: 'marker survives',
  asks: 'Is a contact found by its marker after everything else about it was changed?',
  needs: 'writing',
  unless: ({ find }) => (find.includes('marker') ? null : 'nothing can be looked up by a marker'),
  async run(bench, hands) {
    const { writer } = hands
    const known = plainFields(hands.catalog).find(({ path }) => path.startsWith('custom.'))
    const { path } = writer.capabilities.fields.create
      ? await writer.createField(DRAFT, bench.signal)
      : (known ?? { path: null })
    if (path === null) return skipped('there is no field of the account to put a marker in')
    const marker = `ferry:probe/${bench.nonce}-1`
    const id = await hands.create({ fields: hands.person({ [path]: marker }) })
    const other = await hands.create({ fields: hands.person({ [path]: `${marker}0` }) })
    const faults: string[] = []
    const look = async (when: string) => {
      const found = await writer.find({ by: 'marker', path, values: [marker] }, bench.signal)
      const ids = found.map((sighting) => sighting.id)
      if (!ids.includes(id)) faults.push(`${when}: not found`)
      if (ids.includes(other))
        faults.push(`${when}: a contact whose marker only begins so is found`)
    }
    await look('at first')
    await hands.update(id, {
      fields: { givenName: 'Berta', familyName: 'Sonst', 'emails.1': hands.address() },
    })
    await look('after name and address changed')
    if (writer.capabilities.tags.add && writer.capabilities.tags.create) {
      await hands.update(id, { addTags: [await hands.tag()] })
      await look('after it was tagged')
    }
    return faultless('found', faults, `found, in ${path}`)
  },
}

const DRAFT: FieldDraft = { label: PROBE_NAME, name: 'ferry_probe', type: 'text', options: null }
