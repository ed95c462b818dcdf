/** Consent: an opt-out that is written holds, and is taken back only where that is claimed. */
import type { Reader } from '../../connector/connector.ts'
import { type Consent, isOptedOut, type ConsentState } from '../../model/consent.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Bench } from '../bench.ts'
import { census, TooMuch } from '../census.ts'
import { outcomeText } from '../hands.ts'
import { compare, faultless, type WritingProbe } from '../probe.ts'

export const consentHolds: WritingProbe = {
  name: 'opt-out',
  asks: 'Is an opt-out on record that comes with a new contact, and one that comes later?',
  needs: 'writing',
  unless: ({ consent }) => (consent.optOut ? null : 'opt-outs cannot be written here'),
  async run(bench, hands) {
    const faults: string[] = []
    const [early, late] = [hands.address(), hands.address()]
    const born = await hands.create({
      fields: hands.person({ 'emails.1': early }),
      consents: [consentOf(early, 'refused')],
    })
    const told = await hands.create({ fields: hands.person({ 'emails.1': late }) })
    const before = await stateOf(bench, hands.writer, told, late)
    if (before !== null && isOptedOut(before) && before !== 'none')
      faults.push(`a new contact is ${before}`)
    const outcome = await hands.update(told, { consents: [consentOf(late, 'refused')] })
    if (outcome.kind !== 'done') faults.push(outcomeText(outcome))
    for (const [id, address, when] of [
      [born, early, 'with a new contact'],
      [told, late, 'later'],
    ] as const) {
      const state = await stateOf(bench, hands.writer, id, address)
      if (state !== 'refused') faults.push(`opted out ${when}: ${state ?? 'nothing on record'}`)
    }
    return faultless('refused', faults, `refused, by ${hands.writer.capabilities.consent.holder}`)
  },
}

export const consentReversible: WritingProbe = {
  name: 'opt-out taken back',
  asks: 'Can an opt-out be taken back, where that is claimed?',
  needs: 'writing',
  unless: ({ consent }) =>
    consent.optOut && consent.optOutReversible && consent.optIn
      ? null
      : 'an opt-out is final here; nobody tries to take one back',
  async run(bench, hands) {
    const address = hands.address()
    const id = await hands.create({
      fields: hands.person({ 'emails.1': address }),
      consents: [consentOf(address, 'refused')],
    })
    const outcome = await hands.update(id, { consents: [consentOf(address, 'granted')] })
    const state = await stateOf(bench, hands.writer, id, address)
    const seen = state === null || !isOptedOut(state) ? 'taken back' : state
    return compare('taken back', seen, outcomeText(outcome))
  },
}

export function consentOf(address: string, state: ConsentState): Consent {
  return { channel: 'email', address, state, reason: 'asked by a probe', scope: null, since: null }
}

/** Of e-mail; null: nothing is on record. */
export async function stateOf(
  bench: Bench,
  reader: Reader,
  id: RemoteId,
  address: string,
): Promise<ConsentState | null> {
  const [fetched] = await reader.fetch([id], bench.signal)
  const inReading = fetched?.kind === 'found' ? fetched.sighting.consents : undefined
  const all = inReading ?? (await fromStream(bench, reader, id, address))
  const states = all
    .filter(({ channel, scope }) => channel === 'email' && scope === null)
    .map(({ state }) => state)
  return states.find(isOptedOut) ?? states[0] ?? null
}

async function fromStream(
  bench: Bench,
  reader: Reader,
  id: RemoteId,
  address: string,
): Promise<readonly Consent[]> {
  const { rows, isWhole } = await census(bench, reader, { stream: 'consents' })
  const mine = rows.flatMap((row) =>
    row.kind === 'consent' &&
    (row.contact === id || row.consent.address?.toLowerCase() === address.toLowerCase())
      ? [row.consent]
      : [],
  )
  if (mine.length === 0 && !isWhole) throw new TooMuch('consents')
  return mine
}
