/** Readings by id: their order, and what they say of contacts that are gone, merged or withheld. */
import { ConnectorError } from '../../connector/error.ts'
import type { Fetched } from '../../connector/connector.ts'
import { census, idsOf } from '../census.ts'
import {
  type BackstageProbe,
  compare,
  differs,
  faultless,
  holds,
  type ReadingProbe,
  skipped,
  type WritingProbe,
} from '../probe.ts'

const SOME = 5

export const fetchOrder: ReadingProbe = {
  name: 'get by id',
  asks: 'Does asking for several ids answer with one reading each, in that order?',
  needs: 'reading',
  async run(bench) {
    const { reader, signal } = bench
    const first = await census({ ...bench, pagesMax: 1 }, reader)
    const ids = idsOf(first.rows).slice(0, SOME).toReversed()
    if (ids.length === 0) return skipped('there are no contacts to ask for')
    const fetched = await reader.fetch(ids, signal)
    const faults = ids.flatMap((id, place) => {
      const one = fetched[place]
      if (one?.kind === 'found' && one.id === id && one.sighting.id === id) return []
      return [`${id} was answered by ${one === undefined ? 'nothing' : `${one.kind} ${one.id}`}`]
    })
    return faultless('one reading an id, in order', faults, `${ids.length} readings in order`)
  },
}

export const fetchGone: WritingProbe = {
  name: 'get by id: gone',
  asks: 'Is a contact that was removed told as gone, beside others that are found?',
  needs: 'writing',
  unless: ({ remove }) => (remove === 'delete' ? null : 'nothing can be deleted here'),
  async run(bench, hands) {
    const { writer } = hands
    const [here, gone] = [await hands.create(), await hands.create()]
    await writer.remove([gone], bench.signal)
    const kinds = (await writer.fetch([gone, here], bench.signal)).map(({ kind }) => kind)
    return compare('gone, found', kinds.join(', '), `${gone} was removed, ${here} was not`)
  },
}

export const fetchMerged: BackstageProbe = {
  name: 'get by id: merged',
  asks: 'Is a contact that was merged into another never shown as if it were still there?',
  needs: 'backstage',
  async run(bench, hands, { merge }) {
    if (merge === null) return skipped('nobody merges contacts there')
    const [loser, survivor] = [await hands.create(), await hands.create()]
    await merge(loser, survivor)
    const [fetched] = await hands.writer.fetch([loser], bench.signal)
    switch (fetched?.kind) {
      case 'merged':
        return compare(
          `merged into ${survivor}`,
          `merged into ${fetched.into.id}`,
          `${loser} was merged`,
        )
      case 'gone':
        return holds('gone')
      case 'found':
      case 'inconclusive':
      case undefined:
        return differs(
          'merged or gone',
          fetched?.kind ?? 'nothing',
          `${loser} was merged into ${survivor}`,
        )
    }
  },
}

export const fetchForbidden: BackstageProbe = {
  name: 'get by id: forbidden',
  asks: 'Does an answer that is none (forbidden, an error page, a fault) say nothing about existence?',
  needs: 'backstage',
  async run(bench, hands, backstage) {
    const id = await hands.create()
    const faults: string[] = []
    for (const fate of ['forbidden', 'foreignPage', 'serverError'] as const) {
      backstage.spoil('read', fate, SPOILT)
      const said = await answerOf(() => hands.writer.fetch([id], bench.signal))
      backstage.spoil('read', fate, 0)
      if (said === 'gone' || said === 'merged') faults.push(`${fate}: ${said}`)
    }
    return faultless('inconclusive or an error', faults, 'inconclusive or an error')
  },
}
/** More than any budget of repeats. */
const SPOILT = 100

async function answerOf(ask: () => Promise<readonly Fetched[]>): Promise<string> {
  try {
    return (await ask())[0]?.kind ?? 'nothing'
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return error.kind
  }
}
