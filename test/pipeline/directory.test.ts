/** A run that an earlier version began, and did not end, goes on: what it staged is not missing from the directory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { remoteId } from '../../src/model/id.ts'
import { addressHashes, enterInDirectory } from '../../src/pipeline/directory.ts'
import type { Job } from '../../src/pipeline/env.ts'
import { openStore } from '../../src/state/sql/open.ts'
import { RUN, runRecord, SYNC, staged } from '../state/examples.ts'

const folder = mkdtempSync(join(tmpdir(), 'ferry-directory-'))
const path = join(folder, 'state.db')
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('contacts that were staged without their addresses are given them', async () => {
  const store = await openStore(`sqlite:${path}`, { clock: { now: () => 0 } })
  const key = await store.meta.hashKey()
  const contact = (id: string) => {
    const one = staged(id, [])
    return { ...one, addresses: addressHashes(key, one.sighting) }
  }
  await store.staging.addContacts(RUN, 'from', [contact('1'), contact('2')])
  const database = new DatabaseSync(path)
  database.exec('update staged_contacts set addresses = null; update scans set are_addressed = 0')
  database.close()
  // Staged after the version changed.
  await store.staging.addContacts(RUN, 'from', [contact('3')])
  expect((await store.staging.unaddressed(RUN, 'from', 9)).map(({ id }) => id)).toEqual(['1', '2'])
  const job = {
    env: { store },
    run: runRecord({ id: RUN, sync: SYNC }),
    signal: new AbortController().signal,
    commit: (work) => store.transaction([], work),
  } as Pick<Job, 'run' | 'signal' | 'commit'> as Job
  await enterInDirectory(job, 'from', true)
  for (const id of ['1', '2', '3']) {
    const hashes = addressHashes(key, staged(id, []).sighting)
    expect(hashes).toHaveLength(1)
    expect(await store.directory.among(SYNC, 'from', hashes)).toEqual([
      { hash: hashes[0], contact: remoteId(id) },
    ])
  }
  expect(await store.staging.unaddressed(RUN, 'from', 9)).toEqual([])
  await store.close()
})
