/** Every operation of the platform that is known, by name. The login has its own place (`login.ts`): its answer is a secret. */
import type * as one from './operation.ts'
import { ACCOUNT_OPERATIONS } from './operations-account.ts'
import { CONTACT_OPERATIONS } from './operations-contact.ts'

export const OPERATIONS = { ...CONTACT_OPERATIONS, ...ACCOUNT_OPERATIONS } as const
export type OperationName = keyof typeof OPERATIONS
export type InputOf<Name extends OperationName> = one.InputOf<(typeof OPERATIONS)[Name]>
export type ResultOf<Name extends OperationName> = one.ResultOf<(typeof OPERATIONS)[Name]>

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name)
}
