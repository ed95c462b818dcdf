import { expect, it } from 'vitest'
import { longTwoWay } from './two-way.ts'

it('two accounts stay in step over weeks of edits on both sides', async () => {
  const legs = await longTwoWay({
    platforms: { from: 'infusionsoft', to: 'adaptix' },
    contacts: 300,
    runs: 5,
    share: 0.02,
    seed: 5,
    say: () => {},
  })
  expect(legs.flatMap(({ run, wrong }) => wrong.map((text) => `run ${run}: ${text}`))).toEqual([])
  expect(legs.every(({ edits, written }) => edits > 0 && written > 0)).toBe(true)
})
