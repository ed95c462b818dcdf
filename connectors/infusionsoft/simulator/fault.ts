/** The refusals of the platform: fault codes with their bracketed names, all sent with HTTP status 200. */

/** Code 0 has no name; 500 is the throttle of the legacy host. Fact sheet, table of faults. */
const NAMES = {
  0: '',
  1: '[InvalidConfig]',
  2: '[InvalidKey]',
  3: '[UnexpectedError]',
  4: '[DatabaseError]',
  5: '[RecordNotFound]',
  6: '[LoadingError]',
  7: '[NoTableAccess]',
  8: '[NoFieldAccess]',
  9: '[NoTableFound]',
  10: '[NoFieldFound]',
  11: '[NoFields]',
  12: '[InvalidParameter]',
  13: '[FailedLoginAttempt]',
  14: '[NoAccess]',
  15: '[FailedLoginAttemptPasswordExpired]',
  500: 'Server encountered exception: ',
} as const
export type FaultCode = keyof typeof NAMES

/** Thrown by whatever handles a call, turned into a fault reply in one place. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  constructor(code: FaultCode, detail: string) {
    super(`${NAMES[code]}${detail}`)
    this.code = code
  }
}
