/** Lists that lie or move while they are read: 13 kinds. */
import type { SimulatedResponse } from '../../../src/connector/simulator.ts'
import type { Fate, FaultKind, Passing } from '../fault.ts'
import { newPerson, someone, wordOf } from '../people.ts'
import type { Draw } from '../streams.ts'
import type { World } from '../world.ts'
import { withRows } from '../rows.ts'

const ELSEWHERE = 'lists are read in the pull alone; later steps ask for records by id'

export const LISTING: readonly FaultKind[] = [
  moving('somebody is added during the scan', (world, draw) => add(world, draw, 1)),
  moving('somebody vanishes during the scan', (world, draw) => {
    const contact = someone(world, 'from', draw)
    return contact !== undefined && world.history.remove('from', world.sides.from.hands, contact.id)
  }),
  moving('somebody is renamed during the scan', (world, draw) => {
    const contact = someone(world, 'from', draw)
    const family = `${draw.chance(0.5) ? 'Aa' : 'Zz'} ${wordOf(draw)}`
    return (
      contact !== undefined &&
      world.history.edit('from', world.sides.from.hands, contact.id, { family })
    )
  }),
  moving('three pages of people within one second', (world, draw) => add(world, draw, 15)),
  lying('a page comes again', ({ world, side }) => {
    const last = world.sides[side].lastList
    return last === null ? null : { answer: () => last.answer }
  }),
  lying('a page lacks its second half', (passing) =>
    rows(passing, (all) => all.slice(0, Math.ceil(all.length / 2))),
  ),
  lying('a record is missing from one listing', (passing) => {
    const at = passing.draw.next()
    return rows(passing, (all) => all.filter((_, place) => place !== Math.floor(at * all.length)))
  }),
  lying('the first page is empty', (passing) => rows(passing, () => [])),
  lying('a page comes backwards', (passing) => rows(passing, (all) => [...all].reverse()), false),
  lying(
    'a record comes twice on one page',
    (passing) => rows(passing, (all) => [...all, ...all.slice(-1)]),
    false,
  ),
  lying(
    'the total is wrong',
    () => ({
      answer: (response) => ({
        ...response,
        body: response.body.replace(
          /("total":"?|<TotalMatchingContacts>)(\d+)/,
          (_, before: string, count: string) => `${before}${Number(count) + 3}`,
        ),
      }),
    }),
    false,
  ),
  lying('the lower bound is exclusive', ({ request }) => {
    const body = request.body.replaceAll('~&gt;=~', '~&gt;~').replaceAll('~>=~', '~>~')
    const url = request.url
      .replaceAll('expr%5D=gte', 'expr%5D=gt')
      .replaceAll('expr]=gte', 'expr]=gt')
    // Where the platform has only the exclusive form, that is how it always answers.
    return { request: () => ({ ...request, body, url }) }
  }),
  lying('a stale copy answers', ({ world, side, request }) => {
    const last = world.sides[side].lastList
    const isSame =
      last !== null && last.request.url === request.url && last.request.body === request.body
    return isSame ? { answer: () => last.answer } : null
  }),
]

function moving(name: string, does: (world: World, draw: Draw) => boolean): FaultKind {
  return {
    name,
    family: 'listing',
    phases: ['pull'],
    elsewhere: ELSEWHERE,
    needsCensus: true,
    strike: { kind: 'deed', does },
  }
}

function lying(name: string, does: (passing: Passing) => Fate | null, hides = true): FaultKind {
  return {
    name,
    family: 'listing',
    phases: ['pull'],
    elsewhere: ELSEWHERE,
    ...(hides ? { needsCensus: true as const } : {}),
    strike: { kind: 'wire', does: (passing) => (passing.isList ? does(passing) : null) },
  }
}

function rows(passing: Passing, change: (all: readonly string[]) => readonly string[]): Fate {
  const answer = (response: SimulatedResponse) =>
    withRows(passing.platform, response, change) ?? response
  return { answer }
}

function add(world: World, draw: Draw, count: number): boolean {
  const { hands } = world.sides.from
  for (let n = 0; n < count; n++) world.history.create('from', hands, newPerson(world, draw, draw))
  return true
}
