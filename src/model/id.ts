/** The opaque keys of the domain. Only the folder that makes one may look inside. */
declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type PlatformName = Brand<string, 'PlatformName'>
/** A record's own key at one account. Never parsed, never compared across accounts. */
export type RemoteId = Brand<string, 'RemoteId'>
/** The server's own text for "this state of the record", usually its updated stamp. */
export type Version = Brand<string, 'Version'>
export type RunId = Brand<string, 'RunId'>
export type PlanId = Brand<string, 'PlanId'>
/** A keyed hash, base64url. Equal hashes mean equal values; nothing can be read back from it. */
export type Hash = Brand<string, 'Hash'>

/** The two sides of a sync, named as in the configuration: `from` is the source of a one-way sync. */
export type Side = 'from' | 'to'
export const SIDES = ['from', 'to'] as const satisfies readonly Side[]

export function otherSide(side: Side): Side {
  return side === 'from' ? 'to' : 'from'
}
export function remoteId(text: string): RemoteId {
  return text as RemoteId
}
export function version(text: string): Version {
  return text as Version
}
