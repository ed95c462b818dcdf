/** Stamps: the zone they are read in, how fine they are, and what moves them. */
import type { Sighting } from '../../model/sighting.ts'
import { norm } from '../../model/norm.ts'
import { plainFields, outcomeText, type Hands } from '../hands.ts'
import { compare, differs, faultless, holds, skipped, type WritingProbe } from '../probe.ts'

/** Two clocks may differ by this much; zones differ by a quarter of an hour at least. */
const CLOCKS_APART_MS = 10 * 60_000
const MOVES = 3

export const zone: WritingProbe = {
  name: 'zone of stamps',
  asks: 'Do stamps of what is written now say now?',
  needs: 'writing',
  async run(bench, hands) {
    const before = bench.clock.now()
    const { createdAt, updatedAt } = await hands.see(await hands.create())
    const stamps = [createdAt, updatedAt].filter((stamp) => stamp !== null)
    if (stamps.length === 0) return skipped('a new contact shows no stamp')
    const off = stamps.map((stamp) => Date.parse(stamp) - before)
    const worst = off.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0)
    const seen =
      Math.abs(worst) <= CLOCKS_APART_MS ? 'now' : `${Math.round(worst / 60_000)} min off`
    return compare('now', seen, `stamps ${stamps.join(', ')} at ${new Date(before).toISOString()}`)
  },
}

export const resolution: WritingProbe = {
  name: 'resolution of stamps',
  asks: 'Do two changes that are one resolution apart have different stamps?',
  needs: 'writing',
  unless: ({ streams, update }) =>
    update === false || (streams.contacts?.since ?? 'none') === 'none'
      ? 'stamps are not relied on here'
      : null,
  async run(bench, hands) {
    const { resolutionMs } = hands.writer.capabilities
    const id = await hands.create()
    const stamps: (string | null)[] = []
    for (let move = 0; move < MOVES; move += 1) {
      await bench.clock.sleep(resolutionMs, bench.signal)
      await change(hands, id, `step ${move}`)
      stamps.push((await hands.see(id)).updatedAt)
    }
    const isFine = new Set(stamps).size === MOVES
    return compare(
      `${resolutionMs} ms`,
      isFine ? `${resolutionMs} ms` : `coarser than ${resolutionMs} ms`,
      `stamps of ${MOVES} changes ${resolutionMs} ms apart: ${stamps.join(', ')}`,
    )
  },
}

export const movesStamp: WritingProbe = {
  name: 'what moves the stamp',
  asks: 'Which changes move the updated time: fields, tags, groups, opt-outs?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(bench, hands) {
    const { capabilities } = hands.writer
    const id = await hands.create()
    const kinds: readonly (readonly [string, (() => Promise<unknown>) | null])[] = [
      ['fields', () => change(hands, id, 'moved')],
      [
        'tags',
        capabilities.tags.add
          ? async () => hands.update(id, { addTags: [await hands.tag()] })
          : null,
      ],
      [
        'groups',
        capabilities.groups.write === false ? null : () => intoGroup(hands, id, bench.signal),
      ],
      ['opt-outs', capabilities.consent.optOut ? () => optOut(hands, id) : null],
    ]
    const moving: string[] = []
    const still: string[] = []
    for (const [kind, act] of kinds) {
      if (act === null) continue
      await bench.clock.sleep(capabilities.resolutionMs * 2, bench.signal)
      const before = stampOf(await hands.see(id))
      await act()
      if (stampOf(await hands.see(id)) === before) still.push(kind)
      else moving.push(kind)
    }
    const seen = `moved by ${moving.join(', ') || 'nothing'}; not by ${still.join(', ') || 'nothing else'}`
    const isClaimed = (capabilities.streams.contacts?.since ?? 'none') !== 'none'
    return isClaimed && !moving.includes('fields')
      ? differs('moved by fields', seen, 'an incremental scan would miss changes of fields')
      : holds(seen)
  },
}

export const equalValues: WritingProbe = {
  name: 'equal-value write',
  asks: 'What does writing the values that are there already do?',
  needs: 'writing',
  unless: ({ update }) => (update === false ? 'nothing can be changed here' : null),
  async run(bench, hands) {
    const id = await hands.create()
    const before = await hands.see(id)
    await bench.clock.sleep(hands.writer.capabilities.resolutionMs * 2, bench.signal)
    const fields = Object.fromEntries(
      ['givenName', 'familyName', 'emails.1'].map((path) => [path, before.fields[path] ?? null]),
    )
    const outcome = await hands.update(id, { fields })
    const after = await hands.see(id)
    const faults = [
      ...(outcome.kind === 'done' ? [] : [outcomeText(outcome)]),
      ...hands.catalog.fields
        .filter(
          ({ path, type, writable }) =>
            writable &&
            norm(type, before.fields[path] ?? null) !== norm(type, after.fields[path] ?? null),
        )
        .map(({ path }) => `${path} changed`),
    ]
    const moved = stampOf(before) === stampOf(after) ? 'leaves the stamp' : 'moves the stamp'
    return faultless('done, values as before', faults, `done, ${moved}`)
  },
}

function stampOf({ updatedAt, version }: Sighting): string {
  return `${updatedAt} ${version}`
}

function change(hands: Hands, id: Sighting['id'], text: string) {
  const [field] = plainFields(hands.catalog)
  return hands.update(id, { fields: { [field?.path ?? 'givenName']: text } })
}

async function intoGroup(hands: Hands, id: Sighting['id'], signal: AbortSignal): Promise<void> {
  const group = await hands.group()
  if (hands.writer.capabilities.groups.write === 'bulk') {
    await hands.writer.join(group, { add: [id], remove: [] }, signal)
  } else await hands.update(id, { addGroups: [group] })
}

async function optOut(hands: Hands, id: Sighting['id']): Promise<void> {
  const address = (await hands.see(id)).fields['emails.1']
  await hands.update(id, {
    consents: [
      {
        channel: 'email',
        address: typeof address === 'string' ? address : null,
        state: 'refused',
        reason: 'asked by a probe',
        scope: null,
        since: null,
      },
    ],
  })
}
