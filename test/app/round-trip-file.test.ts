/** An account exported to a file and imported into an empty one: every person, field, tag and opt-out, those who share an e-mail too. */
import { expect, it } from 'vitest'
import { openWorld } from '../connectors/file/engine.ts'
import { comparedByMarker } from './file-truth.ts'

const SEED = 17

it.each([
  ['people.csv', 5_000],
  ['people.ndjson', 1_000],
])('%s holds everybody (%i people)', async (path, contacts) => {
  const world = openWorld({
    seed: SEED,
    accounts: {
      keap: { platform: 'infusionsoft', contacts },
      fresh: { platform: 'infusionsoft', contacts: 0 },
    },
    files: { file: path },
    syncs: {
      out: { from: 'keap', to: 'file' },
      in: { from: 'file', to: 'fresh', lines: '    mapping: { duplicates: keep }' },
    },
  })
  try {
    for (const sync of ['out', 'in']) {
      const { run, counts, losses } = await world.run(sync, 'migrate')
      expect(run, `seed ${SEED}`).toMatchObject({ status: 'done', reason: null })
      expect(counts).toMatchObject({ balanced: true, applied: contacts, held: 0, rejected: 0 })
      expect(losses).toEqual([])
      expect((await world.run(sync, 'sync', { isFull: true })).plan?.counts).toMatchObject({
        create: 0,
        update: 0,
        hold: 0,
      })
    }
    const { keap, fresh } = world.accounts
    if (keap === undefined || fresh === undefined) throw new Error('no accounts')
    const compared = comparedByMarker(
      { simulator: keap, catalog: await world.catalog('out', 'from') },
      { simulator: fresh, catalog: await world.catalog('in', 'to') },
    )
    expect(compared, `seed ${SEED}`).toEqual({ people: contacts, different: [] })
  } finally {
    world.close()
  }
})
