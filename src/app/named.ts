/** A platform whose errors say which connection they are about: two accounts may live on one platform. */
import type { Platform, Reader } from '../connector/connector.ts'
import { ConnectorError } from '../connector/error.ts'

/** `name`: the connection's in ferry.yaml. */
export function named(platform: Platform, name: string): Platform {
  return {
    ...platform,
    open: (settings, kit) => speaking(platform.open(settings, kit), name),
    openForWriting: (settings, kit) => speaking(platform.openForWriting(settings, kit), name),
  }
}

function speaking<T extends Reader>(account: T, name: string): T {
  return new Proxy(account, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      if (typeof member !== 'function') return member
      return async (...given: unknown[]) => {
        try {
          return await member.apply(target, given)
        } catch (error) {
          throw signed(error, name)
        }
      }
    },
  })
}

function signed(error: unknown, name: string): unknown {
  if (!(error instanceof ConnectorError) || error.message.startsWith(`${name}: `)) return error
  return new ConnectorError(error.kind, `${name}: ${error.message}`, {
    cause: error,
    retryAfterMs: error.retryAfterMs ?? undefined,
    hint: error.hint ?? undefined,
  })
}
