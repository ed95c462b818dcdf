/** What every method of the simulated services works with. */
import type { Account } from './account.ts'
import type { ArgumentClass } from './signature.ts'
import type { Rpc } from './call.ts'
import type { ConsentWatch } from './consent.ts'
import type { ReplyWriter } from './reply.ts'
import type { Selector } from './select.ts'
import type { Tables } from './tables.ts'

export interface Context {
  readonly account: Account
  readonly tables: Tables
  readonly write: ReplyWriter
  readonly selector: Selector
  readonly watch: ConsentWatch
  readonly seed: number
  /** Number of the call being answered, from 1. */
  readonly callNumber: () => number
}

export interface Method {
  /** Classes after the key parameter. */
  readonly overloads: readonly (readonly ArgumentClass[])[]
  readonly effect: 'read' | 'write'
  /** Takes no key parameter. */
  readonly isKeyless?: boolean
  /** Answers the value as XML; throws `Fault`. */
  run(args: readonly Rpc[]): string
}
export type Methods = Readonly<Record<string, Method>>
