/** Addresses of platforms, of the state store and of the queue: encrypted or local, and without a secret written into them. */
import { isReference, suggestedReference } from './reference.ts'

export interface Complaint {
  readonly message: string
  readonly hint: string
}

/** A connection's `url`. References in it are judged again once they are resolved. null: fine. */
export function judgeUrl(text: string, allowInsecure: boolean): Complaint | null {
  if (/^(?:env|file):/.test(text)) return null
  const url = read(text)
  if (url === null) {
    if (isReference(text)) return null
    return {
      message: `"${text}" is not a web address`,
      hint: 'write it whole, as in https://crm.example.com/api',
    }
  }
  if (url.username !== '' || url.password !== '') {
    const hint = `take the login out of the address and write it under \`auth\`, as in password: ${suggestedReference('ACCOUNT', 'PASSWORD')}`
    return { message: 'the address holds a login', hint }
  }
  const secret = [...url.searchParams.keys()].find((name) => SECRET_WORD.test(name))
  if (secret !== undefined) {
    return {
      message: `the address holds a secret in "${secret}"`,
      hint: `take it out of the address and write it under \`auth\`, as in accessToken: ${suggestedReference('ACCOUNT', 'TOKEN')}`,
    }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { message: `"${url.protocol}//" is no web address`, hint: 'use https://' }
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecure) {
    return {
      message: `plain http to ${url.hostname} would send the login and every contact unencrypted`,
      hint: 'use https://, or write `allowInsecure: true` beside the url if that network is yours alone',
    }
  }
  return null
}

/** A state is `sqlite:PATH` or `postgres://…`, a queue `redis://…` or `postgres://…`. null: fine. */
export function judgeStoreUrl(text: string, what: 'state' | 'queue'): Complaint | null {
  if (/^(?:env|file):\S/.test(text)) return null
  if (what === 'state' && text.startsWith('sqlite:')) {
    return text === 'sqlite:' ? { message: 'names no file', hint: STATE_HINT } : null
  }
  const schemes = what === 'state' ? /^postgres(?:ql)?:\/\// : /^(?:rediss?|postgres(?:ql)?):\/\//
  const hint = what === 'state' ? STATE_HINT : QUEUE_HINT
  if (!schemes.test(text)) {
    return isReference(text) && !text.includes('://')
      ? null
      : { message: `"${hidden(text)}" is no ${what === 'state' ? 'state store' : 'queue'}`, hint }
  }
  const password = /^[a-z]+:\/\/[^/?#]*?:([^/?#]*)@/.exec(text)?.[1]
  const parameter = /[?&](?:password|pass)=([^&#]*)/i.exec(text)?.[1]
  const literal = [password, parameter].find((secret) => secret && !isReference(secret))
  if (literal === undefined) return null
  const name = text.startsWith('postgres') ? 'PG_PASSWORD' : 'REDIS_PASSWORD'
  return {
    message: 'a password is written literally',
    hint: `write \${${name}} in its place and set that variable, or name the whole address as env:${what === 'state' ? 'FERRY_STATE' : 'FERRY_QUEUE'}`,
  }
}
const QUEUE_HINT = `use redis://HOST:6379, rediss://… or postgres://user:\${PG_PASSWORD}@host/database`
const STATE_HINT = `use sqlite:./.ferry/state.db or postgres://user:\${PG_PASSWORD}@host/database`

/** Names under which secrets usually stand. */
export const SECRET_WORD = /(?:^|[_-]|[a-z])(?:password|passwd|secret|token|api[_-]?key|key)$/i

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  )
}

function read(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

/** Whatever stands before an @ may be a secret. */
function hidden(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//…@')
}
