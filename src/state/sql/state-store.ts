/** The query families put together, on a database or on one of its transactions. */
import type { StateStore } from '../store.ts'
import { type Access, transact } from './access.ts'
import { absences } from './absences.ts'
import { audit } from './audit.ts'
import { cases } from './cases.ts'
import { cursors } from './cursors.ts'
import { directory } from './directory.ts'
import { joins } from './joins.ts'
import { journal } from './journal.ts'
import { checkFences, leases } from './leases.ts'
import { links } from './links.ts'
import { meta } from './meta.ts'
import { plans } from './plans.ts'
import { retention } from './retention.ts'
import { rulings } from './rulings.ts'
import { runs } from './runs.ts'
import { slices } from './slices.ts'
import { companies } from './companies.ts'
import { copies } from './copies.ts'
import { notes } from './notes.ts'
import { starts } from './starts.ts'
import { staging } from './staging.ts'
import { tombstones } from './tombstones.ts'
import { turns } from './turns.ts'
import { vocabulary } from './vocabulary.ts'

export function storeOn(
  access: Access,
  life: Pick<StateStore, 'place' | 'flush' | 'close'>,
): StateStore {
  return {
    transaction: async (fences, work) => {
      if (access.db.isTransaction)
        throw new Error('a transaction does not begin inside another one')
      return transact(access, async (inner) => {
        await checkFences(inner, fences)
        return work(storeOn(inner, life))
      })
    },
    meta: meta(access),
    runs: runs(access),
    slices: slices(access),
    leases: leases(access),
    staging: staging(access),
    links: links(access),
    plans: plans(access),
    joins: joins(access),
    starts: starts(access),
    notes: notes(access),
    companies: companies(access),
    copies: copies(access),
    vocabulary: vocabulary(access),
    journal: journal(access),
    cases: cases(access),
    rulings: rulings(access),
    cursors: cursors(access),
    absences: absences(access),
    tombstones: tombstones(access),
    turns: turns(access),
    directory: directory(access),
    audit: audit(access),
    retention: retention(access),
    place: life.place,
    flush: life.flush,
    close: life.close,
  }
}
