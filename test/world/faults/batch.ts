/** Batches that fail by their items: 4 kinds. */
import type { SimulatedResponse } from '../../../src/connector/simulator.ts'
import type { Fate, FaultKind, Passing } from '../fault.ts'
import { withRows } from '../rows.ts'

const ELSEWHERE = 'batches are written in the apply alone'

export const BATCH: readonly FaultKind[] = [
  batch('one record breaks every batch it is in', ({ world, request }) => {
    const login = world.sides.to.simulator.auth['email']
    const found = request.body.match(/[\w.+-]+(?:@|%40)[\w.-]+\.(?:example|com|net|org)/g) ?? []
    const address = found.find((one) => one.replace('%40', '@') !== login)
    if (address === undefined) return null
    world.faults.poison(address)
    return { refusal: FAILED }
  }),
  batch('all or nothing: the batch is refused whole', () => ({ refusal: FAILED })),
  batch('the last result is missing', (passing) => results(passing, (all) => all.slice(0, -1))),
  batch('results come in another order', (passing) =>
    results(passing, (all) => [...all].reverse()),
  ),
]

const FAILED: SimulatedResponse = {
  status: 500,
  headers: { 'content-type': 'text/plain' },
  body: 'Internal Server Error',
}

function batch(name: string, does: (passing: Passing) => Fate | null): FaultKind {
  return {
    name,
    family: 'batch',
    phases: ['apply'],
    elsewhere: ELSEWHERE,
    strike: {
      kind: 'wire',
      does: (passing) => (passing.isWrite && passing.side === 'to' ? does(passing) : null),
    },
  }
}

function results(
  passing: Passing,
  change: (all: readonly string[]) => readonly string[],
): Fate | null {
  const isBatch = /batch|AddContacts|EditContacts/.test(
    passing.request.url + passing.request.body.slice(0, 400),
  )
  if (!isBatch) return null
  return { answer: (response) => withRows(passing.platform, response, change) ?? response }
}
