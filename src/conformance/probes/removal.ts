/** Removal: what it leaves, what happens when it is repeated, and whether an incremental scan tells of it. */
import { census, idsOf } from '../census.ts'
import { outcomeText } from '../hands.ts'
import { compare, faultless, skipped, type WritingProbe } from '../probe.ts'

export const removal: WritingProbe = {
  name: 'removal',
  asks: 'Does a removed contact stay away, and does removing it again do no harm?',
  needs: 'writing',
  unless: ({ remove }) => (remove === false ? 'nothing can be removed here' : null),
  async run(bench, hands) {
    const { writer } = hands
    const { signal } = bench
    const email = hands.address()
    const id = await hands.create({ fields: hands.person({ 'emails.1': email }) })
    const before = await hands.see(id)
    const [first] = await writer.remove([id], signal)
    const [second] = await writer.remove([id], signal)
    const [update] = await hands.updateAll([{ current: before, fields: { givenName: 'Ghost' } }])
    const found = await writer.find({ by: 'email', values: [email] }, signal)
    const faults = [
      ...(first?.kind === 'done' ? [] : [`removing: ${outcomeText(first)}`]),
      ...(second?.kind === 'done' || second?.kind === 'gone'
        ? []
        : [`removing again: ${outcomeText(second)}`]),
      ...(update?.kind === 'gone' ? [] : [`changing it afterwards: ${outcomeText(update)}`]),
      ...(found.length === 0 ? [] : ['it is still found by its address']),
    ]
    return faultless(
      `${writer.capabilities.remove}, for good`,
      faults,
      `${writer.capabilities.remove}, for good`,
    )
  },
}

export const hiddenRemovals: WritingProbe = {
  name: 'removals in a scan',
  asks: 'Does a full scan no longer show a removed contact?',
  needs: 'writing',
  unless: ({ remove }) => (remove === false ? 'nothing can be removed here' : null),
  async run(bench, hands) {
    const { writer } = hands
    const id = await hands.create()
    const before = await census(bench, writer)
    if (!before.isWhole) return skipped('this account has more contacts than a probe reads')
    await writer.remove([id], bench.signal)
    const after = await census(bench, writer)
    const was = idsOf(before.rows).includes(id) ? 'shown' : 'not shown'
    const is = idsOf(after.rows).includes(id) ? 'shown' : 'not shown'
    return compare('shown, then not shown', `${was}, then ${is}`, `contact ${id}`)
  },
}
