/** What the file system says, in terms of what the caller can do. */
import { ConnectorError } from '../../src/connector/error.ts'

/** An error of a reading or writing call. ConnectorErrors pass. */
export function faultOf(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error
  const message = error instanceof Error ? error.message : String(error)
  const hint = HINTS[codeOf(error) ?? '']
  if (hint === undefined) return new ConnectorError('protocol', message, { cause: error })
  return new ConnectorError(hint.kind, message, { cause: error, hint: hint.text })
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null
}

const RIGHTS = {
  kind: 'permission',
  text: 'Give the user that runs ferry the right to read the file and to write in its folder.',
} as const
const SPACE = {
  kind: 'unreachable',
  text: 'Free some space, then run again: nothing that was acknowledged is lost.',
} as const
const PLACE = { kind: 'permission', text: 'Check the path in ferry.yaml.' } as const

const HINTS: Readonly<
  Record<string, { readonly kind: 'permission' | 'unreachable'; readonly text: string } | undefined>
> = {
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EROFS: RIGHTS,
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  ENOENT: PLACE,
  ENOTDIR: PLACE,
  EISDIR: PLACE,
}
