import { describe, expect, it } from 'vitest'
import { operationsOf } from '../../connectors/operations.ts'
import { page, rows } from './operations-page.ts'

describe('docs/operations.md', () => {
  it('is what the tables, the connectors and the tests say', async () => {
    await expect(page()).toMatchFileSnapshot('../../docs/operations.md')
  })

  it('has a row for every operation', () => {
    const known = ['infusionsoft', 'adaptix', 'xml-spec'].flatMap((name) => operationsOf(name))
    expect(rows()).toHaveLength(known.length)
  })

  it('leaves no cell empty: what runs it and what tests it are known', () => {
    const holes = rows().filter((row) => Object.values(row).some((cell) => cell === ''))
    expect(holes.map(({ platform, operation }) => `${platform} ${operation}`)).toEqual([])
  })
})
