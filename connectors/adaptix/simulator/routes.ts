/** How a path finds its handler. */
import type { Account } from './account.ts'
import type { Answer } from './answer.ts'

export interface Call {
  readonly account: Account
  /** After an override by header or parameter. */
  readonly method: string
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
  /** What the placeholders of the route matched, in order. */
  readonly params: readonly string[]
}
export type Handler = (call: Call) => Answer

/** `GET contacts/:id`: `:id` is digits, any other placeholder one segment. Several methods are joined by a bar. */
export type Routes = Readonly<Record<string, Handler>>

export interface Router {
  /** Null: no such path, or not for this method. */
  find(method: string, path: string): Found | null
}
export interface Found {
  /** Like `PATCH contacts/:id/edit`. */
  readonly operation: string
  readonly handler: Handler
  readonly params: readonly string[]
}

export function newRouter(routes: Routes): Router {
  const compiled = Object.entries(routes).flatMap(([line, handler]) => {
    const [methods = '', path = ''] = line.split(' ')
    const shape = new RegExp(`^${path.replaceAll(/:(\w+)/g, placeholder)}$`)
    return methods.split('|').map((method) => ({ method, path, shape, handler }))
  })
  return {
    find(method, path) {
      for (const route of compiled) {
        const match = route.method === method ? route.shape.exec(path) : null
        if (match === null) continue
        const operation = `${method} ${route.path}`
        return { operation, handler: route.handler, params: match.slice(1) }
      }
      return null
    },
  }
}

function placeholder(_: string, name: string): string {
  return name === 'id' || name.endsWith('Id') ? '(\\d+)' : '([^/]+)'
}

export function idParam(call: Call, position = 0): number {
  return Number(call.params[position])
}
