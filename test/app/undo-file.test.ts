/** A migration into a CSV file that holds people already is undone: every cell is as before. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import { openWorld } from '../connectors/file/engine.ts'
import { FREELY } from './undo-acts.ts'

it('takes people out of a file, and gives the others their cells back', async () => {
  const world = openWorld({
    accounts: {
      adaptix: { platform: 'adaptix', contacts: 40 },
      keap: { platform: 'infusionsoft', contacts: 150 },
    },
    files: { sheet: 'people.csv' },
    syncs: {
      first: { from: 'adaptix', to: 'sheet' },
      move: { from: 'keap', to: 'sheet', lines: FREELY },
    },
    seed: 3,
  })
  try {
    await world.run('first', 'sync')
    const before = cells(world.pathOf('sheet'))
    expect(before.length).toBeGreaterThan(30)
    const moved = await world.run('move', 'migrate')
    expect(moved.run).toMatchObject({ status: 'done', reason: null })
    const created = cells(world.pathOf('sheet')).length - before.length
    expect(created).toBeGreaterThan(50)

    const { plan } = await world.run('move', 'undo', { undoes: moved.run.id })
    expect(plan?.counts).toMatchObject({ delete: created, excluded: 0, reject: 0 })
    expect(plan?.counts.update).toBeGreaterThan(10)
    const undone = await world.run('move', 'apply', { plan: plan?.id ?? '' })
    expect(undone.counts).toMatchObject({ balanced: true, drifted: 0, rejected: 0 })
    expect(undone.facts.verify).toMatchObject({ ok: true })
    const after = cells(world.pathOf('sheet'))
    const named = plan?.losses.find(({ cause }) => cause.includes('never taken back'))?.count
    const differing = before.flatMap((row, place) => {
      const now = after[place] ?? {}
      const columns = new Set([...Object.keys(row), ...Object.keys(now)])
      return [...columns].filter((column) => row[column] !== now[column])
    })
    expect(after).toHaveLength(before.length)
    expect(differing).toHaveLength(named ?? 0)
  } finally {
    world.close()
  }
})

/** Filled cells by column, in order of id. When a row was written is not a value. */
function cells(path: string): readonly Readonly<Record<string, string>>[] {
  const rows = parse(readFileSync(path, 'utf8'), { columns: true, bom: true }) as readonly Readonly<
    Record<string, string>
  >[]
  return rows
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(([name, cell]) => cell !== '' && name !== 'updatedAt'),
      ),
    )
    .sort((a, b) => ((a['id'] ?? '') < (b['id'] ?? '') ? -1 : 1))
}
