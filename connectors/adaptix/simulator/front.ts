/** The way of a request: gateway, login, limit, route, permission, handler; and the counters. */
import type { SimulatedRequest } from '../../../src/connector/simulator.ts'
import type { Account } from './account.ts'
import {
  type Answer,
  Crash,
  crashAnswer,
  errorAnswer,
  forbidden,
  Refused,
  securityAnswer,
} from './answer.ts'
import { type Logins, refused } from './auth.ts'
import type { Faults } from './faults.ts'
import { publishDue } from './field-set.ts'
import { textOf } from './php.ts'
import { isMutation, type ParsedRequest, parseRequest } from './request.ts'
import { allRoutes } from './route-table.ts'
import { type Found, newRouter } from './routes.ts'

export interface Front {
  answer(request: SimulatedRequest): Answer
  readonly counts: {
    readonly read: number
    readonly write: number
    readonly byOperation: Readonly<Record<string, number>>
  }
}

export function newFront({
  account,
  logins,
  faults,
}: {
  readonly account: Account
  readonly logins: Logins
  readonly faults: Faults
}): Front {
  const router = newRouter(allRoutes(account.quirks))
  const byOperation: Record<string, number> = {}
  const counts = { read: 0, write: 0, byOperation }

  function count(operation: string, writes: boolean): void {
    byOperation[operation] = (byOperation[operation] ?? 0) + 1
    if (writes) counts.write += 1
    else counts.read += 1
  }

  function answer(request: SimulatedRequest): Answer {
    const parsed = parseRequest(request)
    if (parsed.path.startsWith('/oauth/')) {
      count(`${parsed.method} ${parsed.path.slice(1)}`, false)
      return logins.token({ ...parsed, body: request.body }, account.now)
    }
    if (!/^\/api(\/|$)/.test(parsed.path)) return unknownUrl(parsed.path)
    const found = router.find(parsed.method, trimmed(parsed.path))
    const operation = found === null ? `${parsed.method} unknown` : found.operation
    count(operation, isMutation(request))
    const lost = faults.arrive()
    if (lost !== null) return lost
    return faults.leave(enter(request, parsed, found))
  }

  /** Login and limit come before the controllers. */
  function enter(request: SimulatedRequest, parsed: ParsedRequest, found: Found | null): Answer {
    if (!account.quirks.apiEnabled) {
      return securityAnswer(403, 'API disabled. You need to enable the API.', 'api_disabled')
    }
    if (parsed.isBroken) return securityAnswer(400, 'Invalid json message received', null)
    const authorization = request.headers['authorization'] ?? ''
    const accessToken = textOf(parsed.query['access_token'] ?? parsed.body['access_token'])
    if (faults.isRevoked()) return refused('The access token provided is invalid.')
    const user = logins.login({ authorization, accessToken }, account.now)
    if ('status' in user) return user
    const { refusal, headers } = faults.limit(authorization || (accessToken ?? ''), account.now)
    if (refusal !== null) return refusal
    account.user = user
    if (found === null) return unknownUrl(parsed.path)
    const answered = run(request, parsed, found)
    return { ...answered, headers: { ...answered.headers, ...headers } }
  }

  function run(request: SimulatedRequest, parsed: ParsedRequest, found: Found): Answer {
    publishDue(account.fields, account.now)
    try {
      if (isMutation(request)) {
        account.epoch += 1
        if (account.quirks.readOnly) throw forbidden()
      }
      const { method, query, body } = parsed
      return found.handler({ account, method, query, body, params: found.params })
    } catch (error) {
      if (error instanceof Refused) return errorAnswer(error.error)
      if (error instanceof Crash) return crashAnswer()
      throw error
    }
  }

  return { answer, counts }
}

function trimmed(path: string): string {
  return path.replace(/^\/api\/?/, '').replace(/\/$/, '')
}

function unknownUrl(path: string): Answer {
  return securityAnswer(404, `Requested URL not found: ${path}`, null)
}
