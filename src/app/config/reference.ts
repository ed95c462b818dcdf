/** Secrets are never written down in ferry.yaml: they are named, and looked up when a connection is opened. */
import { dirname, isAbsolute, resolve } from 'node:path'
import type { Problem } from '../../mapping/problem.ts'
import { ConfigError } from './error.ts'
import type { Surroundings } from './settings.ts'

const VARIABLE = /\$\{([^{}]*)\}/g

/** Whether a text names its secret instead of holding it. */
export function isReference(text: string): boolean {
  return /^(?:env|file):\S/.test(text) || /\$\{[A-Za-z_]\w*\}/.test(text)
}

/** The way to write a secret, for hints: `env:CRM_SERVICE_KEY`. */
export function suggestedReference(...words: readonly string[]): string {
  const name = words
    .map((word) => word.replace(/([a-z\d])([A-Z])/g, '$1_$2'))
    .join('_')
    .replace(/\W+/g, '_')
    .toUpperCase()
  return `env:${/^\d/.test(name) ? `FERRY_${name}` : name}`
}

export interface ResolvePlace {
  /** Path of ferry.yaml; files are looked for beside it. */
  readonly config: string
  /** For messages: `connections.crm.auth.serviceKey`. */
  readonly path: string
  readonly surroundings: Surroundings
}

/**
 * `env:NAME`, `file:PATH` or any text with `${NAME}` in it; in the login of an address (`//user:${NAME}@host`) the value is
 * percent-encoded. Throws ConfigError when what it names is missing or empty.
 */
export async function resolveReference(text: string, place: ResolvePlace): Promise<string> {
  if (text.startsWith('env:')) return variable(text.slice('env:'.length).trim(), place)
  if (text.startsWith('file:')) return secretFile(text.slice('file:'.length).trim(), place)
  const loginEnd = /^[a-z]+:\/\/[^/?#]*@/.exec(text)?.[0].length ?? 0
  return text.replace(VARIABLE, (_, name: string, offset: number) => {
    const value = variable(name.trim(), place)
    return offset < loginEnd ? encodeURIComponent(value) : value
  })
}

function variable(name: string, place: ResolvePlace): string {
  const value = place.surroundings.env[name]
  if (value !== undefined && value !== '') return value
  const what = value === '' ? 'is empty' : 'is not set'
  throw refused(place, {
    message: `the environment variable ${name} ${what}`,
    hint: `set it before starting: export ${name}=…`,
  })
}

async function secretFile(path: string, place: ResolvePlace): Promise<string> {
  const full = isAbsolute(path) ? path : resolve(dirname(place.config), path)
  let text: string
  try {
    text = await place.surroundings.readFile(full)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const message =
      code === 'ENOENT' ? `there is no file ${full}` : `the file ${full} cannot be read (${code})`
    const hint = 'the file holds the secret alone, readable by the user that runs ferry'
    throw refused(place, { message, hint }, error)
  }
  const secret = text.replace(/\r?\n$/, '')
  if (secret !== '') return secret
  throw refused(place, { message: `the file ${full} is empty`, hint: 'write the secret into it' })
}

function refused(
  place: ResolvePlace,
  problem: Pick<Problem, 'message' | 'hint'>,
  cause?: unknown,
): ConfigError {
  return new ConfigError(place.config, [{ path: place.path, line: null, ...problem }], { cause })
}
