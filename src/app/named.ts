/** A platform whose errors say which connection they are about: two accounts may live on one platform. */
import type { Platform, Writer } from '../connector/connector.ts'
import { ConnectorError } from '../connector/error.ts'

/** `name`: the connection's in ferry.yaml. */
export function named(platform: Platform, name: string): Platform {
  return {
    ...platform,
    open: (settings, kit) => speaking(platform.open(settings, kit), name),
    openForWriting: (settings, kit) => speaking(platform.openForWriting(settings, kit), name),
  }
}

/** Members that are accounts of their own kind. */
const PARTS: ReadonlySet<string | symbol> = new Set([
  'sequences',
  'notes',
  'noteWriter',
  'companies',
  'companyWriter',
] satisfies (keyof Writer)[])

function speaking<T extends object>(account: T, name: string): T {
  return new Proxy(account, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      if (PARTS.has(key) && typeof member === 'object' && member !== null)
        return speaking(member, name)
      if (typeof member !== 'function') return member
      return (...given: unknown[]) => {
        try {
          const answer: unknown = member.apply(target, given)
          return answer instanceof Promise ? answer.catch(signedBy(name)) : answer
        } catch (error) {
          throw signed(error, name)
        }
      }
    },
  })
}

function signedBy(name: string): (error: unknown) => never {
  return (error) => {
    throw signed(error, name)
  }
}

function signed(error: unknown, name: string): unknown {
  if (!(error instanceof ConnectorError) || error.message.startsWith(`${name}: `)) return error
  return new ConnectorError(error.kind, `${name}: ${error.message}`, {
    cause: error,
    retryAfterMs: error.retryAfterMs ?? undefined,
    hint: error.hint ?? undefined,
  })
}
