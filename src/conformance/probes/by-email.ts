/** Look-ups by e-mail, spelled in the ways that platforms stumble over. */
import { faultless, skipped, type WritingProbe } from '../probe.ts'

export const emailLookup: WritingProbe = {
  name: 'look-up by e-mail',
  asks: 'Is a contact found by its address whatever its case, plus, apostrophe or letters, and nobody else?',
  needs: 'writing',
  unless: ({ find }) => (find.includes('email') ? null : 'nothing can be looked up by e-mail'),
  async run(bench, hands) {
    const { writer } = hands
    const faults: string[] = []
    const tried: string[] = []
    const refused: string[] = []
    for (const [kind, spell] of SPELLINGS) {
      const [local = '', domain = ''] = hands.address().split('@')
      const address = spell(local, domain)
      const fields = hands.person({ 'emails.1': address })
      if (writer.rules.refuse('create', fields) !== null) {
        refused.push(kind)
        continue
      }
      const id = await hands.create({ fields })
      for (const asked of new Set([address, address.toLowerCase(), address.toUpperCase()])) {
        // Beyond ASCII, what is the same letter in another case is the platform's own affair.
        if (asked !== address && /[^\0-\x7f]/.test(address)) continue
        const found = await writer.find({ by: 'email', values: [asked] }, bench.signal)
        if (!found.some((sighting) => sighting.id === id))
          faults.push(`${kind}: ${asked} finds nobody`)
      }
      const near = await writer.find({ by: 'email', values: [`${local}@${domain}`] }, bench.signal)
      if (kind !== 'case' && near.some((sighting) => sighting.id === id)) {
        faults.push(`${kind}: found by another address, ${local}@${domain}`)
      }
      tried.push(kind)
    }
    if (tried.length === 0) return skipped('the rules refuse every address that was tried')
    const told = refused.length === 0 ? '' : `; refused in the plan: ${refused.join(', ')}`
    return faultless('found by every spelling', faults, `${tried.join(', ')}${told}`)
  },
}

const SPELLINGS: readonly (readonly [string, (local: string, domain: string) => string])[] = [
  ['case', (local, domain) => `${local.replace('ferry', 'Ferry')}@${domain.replace('ex', 'Ex')}`],
  ['plus', (local, domain) => `${local}+tag@${domain}`],
  ['apostrophe', (local, domain) => `o'brien-${local}@${domain}`],
  ['Unicode', (local, domain) => `jörg-${local}@${domain}`],
  ['wildcards', (local, domain) => `a_b%c-${local}@${domain}`],
]
