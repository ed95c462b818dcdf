/** The table of operations: one record each. The client sends by it, `ferry call` offers it, the README prints it. */
import type { z } from 'zod'
import { type Operation, named } from './operation.ts'
import { accountOperations } from './operations-account.ts'
import { contactOperations } from './operations-contact.ts'

export const OPERATIONS = named({ ...contactOperations, ...accountOperations })

export type OperationName = keyof typeof OPERATIONS
export type InputOf<Name extends OperationName> = z.input<(typeof OPERATIONS)[Name]['input']>
export type ResultOf<Name extends OperationName> = z.output<(typeof OPERATIONS)[Name]['result']>

export function findOperation(name: string): Operation | null {
  return Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name as OperationName] : null
}
