/** What a state that lies outside of the process keeps to when processes start together, race and die. */
import { expect, test } from 'vitest'
import { openStore } from '../../src/state/sql/open.ts'
import { COUNTS, LINKS_EACH, SYNC } from './examples.ts'
import { killJob, runJob } from './process/spawn.ts'

export interface SharedPlaces {
  newPlace(): Promise<string>
  /** Past the store, as another program would. */
  runSql(place: string, sql: string): Promise<void>
}

export function processContract({ newPlace, runSql }: SharedPlaces): void {
  const open = (place: string) => openStore(place, { clock: { now: () => 0 } })

  test('processes that start together make the tables once', async () => {
    const place = await newPlace()
    const keys = await Promise.all(['a', 'b', 'c'].map((name) => runJob('open', place, name)))
    expect(new Set(keys.flat()).size).toBe(1)
  })

  test('a lease is taken by one of the processes that want it', async () => {
    const place = await newPlace()
    const said = await Promise.all(['a', 'b', 'c'].map((name) => runJob('claim', place, name)))
    expect(said.flat().sort()).toEqual(['busy', 'busy', 'held'])
  })

  test('what processes read and write under a lease is never overtaken', async () => {
    const place = await newPlace()
    await Promise.all(['a', 'b'].map((name) => runJob('count', place, name)))
    const store = await open(place)
    expect(await store.meta.get('count')).toBe(String(2 * COUNTS))
    await store.close()
  })

  test('a process that is killed leaves whole transactions only, and none that resolved is lost', async () => {
    const place = await newPlace()
    for (const lines of [3, 8]) {
      const said = Number(await killJob('write', place, lines))
      const store = await open(place)
      const written = Number(await store.meta.get('written'))
      expect(written).toBeGreaterThanOrEqual(said)
      expect(await store.links.count(SYNC)).toBe(written * LINKS_EACH)
      await store.close()
    }
  })

  test('a state that a newer ferry has changed is refused with both versions', async () => {
    const place = await newPlace()
    await (await open(place)).close()
    await runSql(
      place,
      `insert into ferry_migration (name, timestamp) values ('9999-later', '2030')`,
    )
    await expect(open(place)).rejects.toMatchObject({
      kind: 'newer',
      message: expect.stringMatching(/9999-later.*\d{4}-/),
      hint: expect.stringContaining('Update ferry'),
    })
  })

  test('a state is opened again with all it knew', async () => {
    const place = await newPlace()
    const first = await open(place)
    const key = await first.meta.hashKey()
    await first.close()
    const second = await open(place)
    expect(await second.meta.hashKey()).toBe(key)
    await second.close()
  })
}
