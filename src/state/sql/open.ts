/** Opens a state: an embedded SQLite file or a Postgres database, with its tables brought up to date. */
import { Kysely } from 'kysely'
import { type StateStore, StoreError } from '../store.ts'
import type { Access, OpenPlace } from './access.ts'
import { storeError } from './error.ts'
import { migrate } from './migrate.ts'
import { sqlitePlace } from './sqlite.ts'
import { openFile, walFlusher } from './sqlite-file.ts'
import { storeOn } from './state-store.ts'
import type { Tables } from './tables.ts'

/**
 * `place`: `sqlite:PATH` (made when missing; `sqlite::memory:` lives as long as the store) or `postgres://user:password@host/database`.
 * Throws `StoreError`. The caller closes it.
 */
export async function openStore(
  place: string,
  options: { readonly clock: { now(): number } },
): Promise<StateStore> {
  return openAt(await openPlace(place), options)
}

/** The same on a database that is open already. */
export async function openAt(
  place: OpenPlace,
  options: { readonly clock: { now(): number } },
): Promise<StateStore> {
  const db = new Kysely<Tables>({ dialect: place.dialect })
  const access: Access = {
    db,
    dialect: place.name,
    now: () => options.clock.now(),
    turn: place.turn,
    grew: place.grew,
    documents: new Map(),
  }
  try {
    await migrate(access, place.shown)
  } catch (error) {
    await db.destroy()
    throw storeError(error)
  }
  return storeOn(access, {
    place: place.shown,
    flush: place.flush,
    async close() {
      await place.release()
      await db.destroy()
    },
  })
}

async function openPlace(place: string): Promise<OpenPlace> {
  if (place.startsWith(SQLITE)) {
    const path = place.slice(SQLITE.length)
    return { ...sqlitePlace(await openFile(path), place), ...lasting(path) }
  }
  if (POSTGRES.test(place)) {
    const { postgresPlace } = await import('./postgres.ts')
    return postgresPlace(place)
  }
  throw new StoreError('broken', 'The place of the state is neither sqlite: nor postgres:', {
    hint: 'Write sqlite:PATH or postgres://user:password@host/database.',
  })
}

function lasting(path: string): Pick<OpenPlace, 'flush' | 'release'> {
  const { flush, close } = walFlusher(path)
  return { flush, release: close }
}

const SQLITE = 'sqlite:'
const POSTGRES = /^postgres(ql)?:\/\//
