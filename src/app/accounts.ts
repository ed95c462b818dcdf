/** Opens the two accounts of a sync: readers by default, writers only where the run may write. */
import type { ConnectionSettings, Platform, Reader, Writer } from '../connector/connector.ts'
import type { Kit } from '../connector/kit.ts'
import type { Side } from '../model/id.ts'
import type { Accounts } from '../pipeline/env.ts'

export interface AccountParts {
  readonly platform: Platform
  readonly settings: ConnectionSettings
}

/** `mayWrite: false`: there is no writer to be had, whoever asks. */
export function openAccounts(
  sides: Readonly<Record<Side, AccountParts>>,
  kit: Kit,
  options: { readonly mayWrite: boolean; readonly writes: readonly Side[] },
): Accounts {
  const readers = new Map<Side, Reader>()
  const writers = new Map<Side, Writer>()
  const known = new WeakMap<Reader, Promise<unknown>>()
  const accounts: Accounts = {
    memo: new Map(),
    async acquaint(side, signal) {
      const reader = accounts.reader(side)
      // What a plan must know (required fields, options) comes with the catalogue.
      const ask = () => reader.catalog(signal)
      const asked = known.get(reader) ?? ask()
      known.set(reader, asked)
      try {
        await asked
      } catch (error) {
        known.delete(reader)
        throw error
      }
    },
    answered: (side) => {
      known.set(accounts.reader(side), Promise.resolve())
    },
    reader(side) {
      const open = writers.get(side) ?? readers.get(side)
      if (open !== undefined) return open
      // A run that may write has one connection to what it writes, so that what it learned reading it knows writing.
      if (options.mayWrite && options.writes.includes(side)) return accounts.writer(side)
      const reader = sides[side].platform.open(sides[side].settings, kit)
      readers.set(side, reader)
      return reader
    },
    writer(side) {
      if (!options.mayWrite) throw new Error('a dry run asked for a connection that can write')
      const open = writers.get(side)
      if (open !== undefined) return open
      const writer = sides[side].platform.openForWriting(sides[side].settings, kit)
      writers.set(side, writer)
      return writer
    },
    async close() {
      const all = [...readers.values(), ...writers.values()]
      readers.clear()
      writers.clear()
      await Promise.all(all.map((account) => account.close()))
    },
  }
  return accounts
}
