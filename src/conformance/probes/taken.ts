/** Addresses that somebody has already: what becomes of a second contact, of the same one sent twice, and of an edit. */
import type { WriteOutcome } from '../../connector/connector.ts'
import type { Fields } from '../../model/field.ts'
import type { RemoteId } from '../../model/id.ts'
import { outcomeText, type Hands } from '../hands.ts'
import { compare, differs, faultless, holds, type Verdict, type WritingProbe } from '../probe.ts'

export const createTakenEmail: WritingProbe = {
  name: 'uniqueness',
  asks: 'What happens when somebody else is created with an address that is taken?',
  needs: 'writing',
  unless: ({ create }) => (create === false ? 'nothing can be created here' : null),
  async run(_bench, hands) {
    const email = hands.address()
    const first = await hands.create({ fields: hands.person({ 'emails.1': email }) })
    const [outcome] = await hands.createAll([
      { fields: hands.person({ givenName: 'Berta', familyName: 'Sonst', 'emails.1': email }) },
    ])
    return onTaken(hands, first, outcome)
  },
}

export const createTwice: WritingProbe = {
  name: 'create twice',
  asks: 'What happens when the same contact is created twice?',
  needs: 'writing',
  unless: ({ create }) => (create === false ? 'nothing can be created here' : null),
  async run(_bench, hands) {
    const fields: Fields = hands.person()
    const first = await hands.create({ fields })
    const [outcome] = await hands.createAll([{ fields }])
    // Telling who has it is never worse than what is claimed.
    if (outcome?.kind === 'exists' && outcome.id === first) return holds(`exists, by its id`)
    return onTaken(hands, first, outcome)
  },
}

export const updateToTakenEmail: WritingProbe = {
  name: 'update to a taken e-mail',
  asks: 'Do both contacts live on when one is given the address of the other?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(bench, hands) {
    const email = hands.address()
    const holder = await hands.create({ fields: hands.person({ 'emails.1': email }) })
    const other = await hands.create({ fields: hands.person({ givenName: 'Berta' }) })
    const outcome = await hands.update(other, { fields: { 'emails.1': email } })
    const kinds = (await hands.writer.fetch([holder, other], bench.signal)).map(({ kind }) => kind)
    const faults = kinds.every((kind) => kind === 'found')
      ? []
      : [`the two are ${kinds.join(' and ')} after "${outcomeText(outcome)}"`]
    if (outcome.kind === 'exists' && outcome.id !== holder) faults.push(outcomeText(outcome))
    return faultless('both live on', faults, `both live on (${outcome.kind})`)
  },
}

function onTaken(hands: Hands, first: RemoteId, outcome: WriteOutcome | undefined): Verdict {
  const { create } = hands.writer.capabilities
  const claim = create === false ? 'cannot' : create.onTakenEmail
  const evidence = `${first} has the address; creating again: ${outcomeText(outcome)}`
  if (outcome?.kind === 'exists') return compare(claim, 'refuses', evidence)
  if (outcome?.kind !== 'done') return differs(claim, outcome?.kind ?? 'nothing', evidence)
  if (outcome.id !== first)
    return compare(claim, outcome.wasCreated ? 'doubles' : 'hits another', evidence)
  return compare(claim, outcome.wasCreated ? 'merges without a word' : 'merges', evidence)
}
