/** Reads one entry of `connections`: a known platform, a complete login by reference, a safe address. */
import { didYouMean, nearest } from '../../mapping/nearest.ts'
import { isZone } from '../../model/zone.ts'
import { judgeUrl, SECRET_WORD } from './address.ts'
import { isReference, suggestedReference } from './reference.ts'
import type { Report } from './report.ts'
import { CONNECTION_KEYS, type WrittenConnection } from './schema.ts'
import type { ConnectionConfig, PlatformWords } from './settings.ts'

/** null: there is a problem, which was reported. */
export function readConnection(
  name: string,
  written: WrittenConnection,
  context: { readonly platforms: readonly PlatformWords[]; readonly report: Report },
): ConnectionConfig | null {
  const { platforms, report } = context
  const at = ['connections', name]
  const before = report.count()
  const {
    platform: word,
    url,
    auth,
    account,
    timeZone,
    path,
    limits,
    readOnly,
    allowInsecure,
    ...rest
  } = written
  const platform = platformOf(word, platforms)
  if (platform === null) {
    const words = platforms.flatMap((one) => [one.name, ...one.aliases])
    report.add([...at, 'platform'], `unknown platform "${word}"`, didYouMean(word, words))
  }
  checkOptions(rest, at, report)
  if (url !== undefined) {
    const complaint = judgeUrl(url, allowInsecure === true)
    if (complaint !== null) report.add([...at, 'url'], complaint.message, complaint.hint)
  }
  if (timeZone !== undefined && !isZone(timeZone)) {
    report.add(
      [...at, 'timeZone'],
      `unknown time zone "${timeZone}"`,
      'use a name such as Europe/Berlin',
    )
  }
  const login = readAuth(name, auth ?? {}, report)
  if (platform !== null) checkReach({ url, path, login, platform }, at, report)
  if (platform === null || report.count() > before) return null
  return {
    name,
    platform: platform.name,
    url: url ?? '',
    auth: login,
    account: account === undefined ? null : String(account),
    timeZone: timeZone ?? null,
    path: path ?? null,
    options: rest,
    limits: limitsOf(limits),
    isReadOnly: readOnly ?? false,
    allowInsecure: allowInsecure ?? false,
  }
}

/** Who logs in may be read by anyone who reads the file; what proves it may not. */
const OPEN_KEYS = new Set(['username', 'user', 'email', 'clientId'])

function platformOf(word: string, platforms: readonly PlatformWords[]): PlatformWords | null {
  const wanted = word.toLowerCase()
  const isIt = (name: string): boolean => name.toLowerCase() === wanted
  return platforms.find(({ name, aliases }) => isIt(name) || aliases.some(isIt)) ?? null
}

/** Options are the platform's own affair, but a slip of the pen is not one, and secrets belong elsewhere. */
function checkOptions(
  rest: Readonly<Record<string, unknown>>,
  at: readonly string[],
  report: Report,
): void {
  const known = Object.keys(CONNECTION_KEYS)
  for (const [key, value] of Object.entries(rest)) {
    const meant = nearest(key, known)
    if (meant !== null) {
      report.add([...at, key], `unknown key "${key}"`, `did you mean "${meant}"?`, 'key')
    } else if (typeof value === 'string' && SECRET_WORD.test(key) && !isReference(value)) {
      const reference = suggestedReference(at.at(-1) ?? '', key)
      const hint = `move it under \`auth\` and write ${reference}, or file:/path/to/it`
      report.add([...at, key], 'a secret is written literally', hint)
    }
  }
}

/** `oauth: { … }` is only a way to group; its keys are keys of `auth`. */
function readAuth(
  name: string,
  auth: NonNullable<WrittenConnection['auth']>,
  report: Report,
): Readonly<Record<string, string>> {
  const login: Record<string, string> = {}
  for (const [key, value] of Object.entries(auth)) {
    const parts = typeof value === 'string' ? [[key, value] as const] : Object.entries(value)
    for (const [part, text] of parts) {
      const at = ['connections', name, 'auth', ...(typeof value === 'string' ? [] : [key]), part]
      login[part] = text
      if (text === '') report.add(at, 'is empty', `write ${suggestedReference(name, part)}`)
      else if (!OPEN_KEYS.has(part) && !isReference(text)) {
        const hint = `write ${suggestedReference(name, part)} and set that variable, or file:/path/to/it`
        report.add(at, 'a secret is written literally', hint)
      }
    }
  }
  return login
}

interface Reach {
  readonly url: string | undefined
  readonly path: string | undefined
  readonly login: Readonly<Record<string, string>>
  readonly platform: PlatformWords
}

function checkReach(reach: Reach, at: readonly string[], report: Report): void {
  const { url, path, login, platform } = reach
  const sets = platform.logins.filter((keys) => keys.length > 0)
  if (sets.length === 0) {
    if (url === undefined && path === undefined) {
      report.add(at, '"path" is missing', 'write where the file is, as in path: ./people.csv')
    }
    return
  }
  if (url === undefined) {
    report.add(
      at,
      '"url" is missing',
      'write the address of the API, as in https://crm.example.com/api',
    )
  }
  const known = [...new Set(sets.flat())]
  const given = Object.keys(login)
  for (const key of given.filter((one) => !known.includes(one))) {
    report.add([...at, 'auth', key], `unknown key "${key}"`, didYouMean(key, known), 'key')
  }
  if (!given.every((key) => known.includes(key))) return
  if (sets.some((keys) => keys.every((key) => given.includes(key)))) return
  const ways = sets.map((keys) => keys.join(' + ')).join(', or ')
  const message =
    given.length === 0 ? 'no login is given' : `${given.join(' + ')} is no complete login`
  report.add([...at, 'auth'], message, `${platform.name} takes ${ways}`)
}

function limitsOf(limits: WrittenConnection['limits']): ConnectionConfig['limits'] {
  const given = Object.entries(limits ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}
