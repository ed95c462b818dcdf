/** Tags and groups: given, taken, given twice. */
import { groupsOf, tagsOf } from '../census.ts'
import { outcomeText, type Hands } from '../hands.ts'
import { faultless, skipped, type WritingProbe } from '../probe.ts'
import type { Bench } from '../bench.ts'
import type { RemoteId } from '../../model/id.ts'
import type { Group } from '../../model/vocabulary.ts'

export const tagsChange: WritingProbe = {
  name: 'tags',
  asks: 'Can tags be made, given and taken off as claimed, and does giving one twice change nothing?',
  needs: 'writing',
  unless: ({ tags }) => (tags.add && tags.create ? null : 'tags cannot be made and given here'),
  async run(bench, hands) {
    const { writer } = hands
    const tag = await hands.tag()
    const id = await hands.create({ addTags: [tag] })
    const faults: string[] = []
    const check = async (isWanted: boolean, what: string) => {
      const times = (await tagsOf(bench, writer, id)).filter((key) => key === tag.key).length
      if (times !== (isWanted ? 1 : 0)) faults.push(`${what}: the contact has it ${times} times`)
    }
    await check(true, 'given with the contact')
    const again = await hands.update(id, { addTags: [tag] })
    if (again.kind !== 'done') faults.push(`given again: ${outcomeText(again)}`)
    await check(true, 'given again')
    if (writer.capabilities.tags.remove) {
      await hands.update(id, { removeTags: [tag] })
      await check(false, 'taken off')
    }
    const twins = (await writer.catalog(bench.signal)).tags.filter(({ name }) => name === tag.name)
    if (twins.length > 1) faults.push(`${twins.length} tags have its name now`)
    const taken = writer.capabilities.tags.remove ? 'given and taken off' : 'given, never taken off'
    return faultless('given once, taken off as claimed', faults, taken)
  },
}

export const groupsChange: WritingProbe = {
  name: 'groups',
  asks: 'Can contacts be put into groups and taken out as claimed, and does repeating it change nothing?',
  needs: 'writing',
  unless: ({ groups }) =>
    groups.write === false || !groups.create ? 'groups cannot be written here' : null,
  async run(bench, hands) {
    const { groups } = hands.writer.capabilities
    const group = await hands.group()
    if (!group.writable) return skipped('the group of the probes is filled by the platform')
    const id = await hands.create()
    const faults: string[] = []
    const steps = [
      ['joined', 'add', true],
      ['joined again', 'add', true],
      ...(groups.remove
        ? ([
            ['left', 'remove', false],
            ['left again', 'remove', false],
          ] as const)
        : []),
    ] as const
    for (const [what, how, isWanted] of steps) {
      await move(bench, hands, { group, id, how })
      const isIn = (await groupsOf(bench, hands.writer, id)).includes(group.key)
      if (isIn !== isWanted) faults.push(`${what}: the contact is ${isIn ? 'in it' : 'not in it'}`)
    }
    return faultless(
      'joined and left',
      faults,
      `${groups.write}: ${steps.map(([what]) => what).join(', ')}`,
    )
  },
}

async function move(
  bench: Bench,
  hands: Hands,
  {
    group,
    id,
    how,
  }: { readonly group: Group; readonly id: RemoteId; readonly how: 'add' | 'remove' },
): Promise<void> {
  if (hands.writer.capabilities.groups.write === 'bulk') {
    return hands.writer.join(group, { add: [], remove: [], [how]: [id] }, bench.signal)
  }
  await hands.update(id, how === 'add' ? { addGroups: [group] } : { removeGroups: [group] })
}
