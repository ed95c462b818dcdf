/** Sequences: starting puts a contact in, and what keeps somebody from being started is told. Only where nobody can be mailed. */
import type { SequenceReader } from '../../connector/connector.ts'
import { isOptedOut } from '../../model/consent.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Bench } from '../bench.ts'
import { type BackstageProbe, faultless, skipped } from '../probe.ts'
import { consentOf } from './consent.ts'

export const sequencesHold: BackstageProbe = {
  name: 'sequences',
  asks: 'Does a start put a contact in, also one without an answer, does a second look find it there, and is an opt-out told before?',
  needs: 'backstage',
  unless: ({ sequences }) =>
    sequences?.read && sequences.start ? null : 'there are no sequences to start here',
  async run(bench, hands, backstage) {
    const { sequences: reader, start } = hands.writer
    if (reader === undefined || start === undefined)
      return faultless('sequences', ['claimed, and no way to reach them'], 'sequences')
    const [sequence] = await reader.list(bench.signal)
    if (sequence === undefined) return skipped('there is no sequence')
    const faults: string[] = []
    const [started, lost, other] = [
      await hands.create(),
      await hands.create(),
      await hands.create(),
    ]
    const look = async (id: RemoteId, wanted: string, when: string) => {
      const seen = await reader.standing(sequence.id, id, bench.signal)
      if (seen !== wanted) faults.push(`${when}: ${seen} instead of ${wanted}`)
    }
    await look(started, 'out', 'before a start')
    await start(sequence.id, started, bench.signal)
    await look(started, 'active', 'started')
    backstage.spoil('write', 'lostAnswer', 1)
    await start(sequence.id, lost, bench.signal).catch(() => undefined)
    backstage.spoil('write', 'lostAnswer', 0)
    await look(lost, 'active', 'started, and the answer lost')
    await look(other, 'out', 'not started')
    const members = await membersOf(bench, reader, sequence.id)
    for (const [id, isIn] of [
      [started, true],
      [lost, true],
      [other, false],
    ] as const)
      if (members.has(id) !== isIn) faults.push(`the members ${isIn ? 'lack' : 'hold'} ${id}`)
    const address = hands.address()
    const refused = await hands.create({
      fields: hands.person({ 'emails.1': address }),
      consents: [consentOf(address, 'refused')],
    })
    const consents = await reader.consents(await hands.see(refused), bench.signal)
    if (!consents.some(({ state }) => isOptedOut(state) && state !== 'none'))
      faults.push('an opt-out is not told before a start')
    return faultless('in it', faults, 'in it; a lost answer is found by a look')
  },
}

async function membersOf(
  bench: Bench,
  reader: SequenceReader,
  sequence: string,
): Promise<ReadonlySet<RemoteId>> {
  const found = new Set<RemoteId>()
  for (let position: string | null = null; ; ) {
    const page: Awaited<ReturnType<SequenceReader['members']>> = await reader.members(
      { sequence, position },
      bench.signal,
    )
    for (const id of page.contacts) found.add(id)
    if (page.next === null) return found
    position = page.next
  }
}
