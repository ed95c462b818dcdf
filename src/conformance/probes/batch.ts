/** Many contacts in one call: one outcome each; and a write that expects a state that is past. */
import type { WriteOutcome } from '../../connector/connector.ts'
import { ConnectorError } from '../../connector/error.ts'
import { type Hands, outcomeText, plainFields } from '../hands.ts'
import { compare, faultless, type WritingProbe } from '../probe.ts'

const SIZE = 3

export const batchOutcomes: WritingProbe = {
  name: 'batch outcomes',
  asks: 'Does a batch answer with one outcome an item, in order, and does one failure leave the others alone?',
  needs: 'writing',
  unless: ({ create, update, remove }) =>
    create === false || update === false || remove !== 'delete'
      ? 'contacts cannot be created, changed and deleted here'
      : create.batchMax < SIZE || update.batchMax < SIZE
        ? 'batches are too small'
        : null,
  async run(bench, hands) {
    const { writer } = hands
    const names = Array.from({ length: SIZE }, (_, place) => `Item${place}`)
    const created = await hands.createAll(
      names.map((givenName) => ({ fields: hands.person({ givenName }) })),
    )
    const faults: string[] = []
    const before = []
    for (const [place, name] of names.entries()) {
      const outcome = created[place]
      if (outcome?.kind !== 'done') {
        faults.push(`create ${place}: ${outcomeText(outcome)}`)
        continue
      }
      const sighting = await hands.see(outcome.id)
      before.push(sighting)
      if (sighting.fields['givenName'] !== name) {
        faults.push(
          `create ${place} wrote ${name}, its id shows ${String(sighting.fields['givenName'])}`,
        )
      }
    }
    const [, doomed] = before
    if (doomed === undefined || faults.length > 0) {
      return faultless('one outcome an item, in order', faults, '')
    }
    await writer.remove([doomed.id], bench.signal)
    const updated = await together(
      hands,
      before.map((current, place) => ({ current, fields: { givenName: `Other${place}` } })),
    )
    const kinds = updated.map(({ kind }) => kind).join(', ')
    if (kinds !== 'done, gone, done')
      faults.push(`update with a removed one in the middle: ${kinds}`)
    for (const place of [0, 2]) {
      const id = before[place]?.id
      if (id === undefined) continue
      const name = (await hands.see(id)).fields['givenName']
      if (name !== `Other${place}`)
        faults.push(`update ${place} wrote Other${place}, there is ${String(name)}`)
    }
    return faultless('one outcome an item, in order', faults, `one outcome an item: ${kinds}`)
  },
}

/** A call that fails as a whole is halved by its caller until the item to blame stands alone. */
async function together(
  hands: Hands,
  changes: Parameters<Hands['updateAll']>[0],
): Promise<readonly WriteOutcome[]> {
  try {
    return await hands.updateAll(changes)
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'unknown' || changes.length < 2)
      throw error
    const middle = changes.length >> 1
    return [
      ...(await together(hands, changes.slice(0, middle))),
      ...(await together(hands, changes.slice(middle))),
    ]
  }
}

export const staleWrite: WritingProbe = {
  name: 'expected version',
  asks: 'Is a write refused that expects a state which somebody has changed since?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(bench, hands) {
    const { resolutionMs, update } = hands.writer.capabilities
    const claim = update !== false && update.conditional ? 'refused' : 'written'
    const id = await hands.create()
    const current = await hands.see(id)
    const [field] = plainFields(hands.catalog)
    const path = field?.path ?? 'givenName'
    await bench.clock.sleep(resolutionMs * 2, bench.signal)
    await hands.update(id, { fields: { [path]: 'somebody else' } })
    const [outcome] = await hands.updateAll([{ current, fields: { givenName: 'Late' } }])
    const seen =
      outcome?.kind === 'stale' ? 'refused' : outcome?.kind === 'done' ? 'written' : 'neither'
    return compare(claim, seen, outcomeText(outcome))
  },
}
