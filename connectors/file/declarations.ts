/** What rows cannot say, kept in a file beside them (`people.csv.ferry.json`): types and options of custom fields, tags and groups of nobody. */
import { readFile } from 'node:fs/promises'
import { ConnectorError } from '../../src/connector/error.ts'
import type { FieldPath } from '../../src/model/field.ts'
import { isMissing } from './faults.ts'
import type { Log } from './log.ts'
import { DECLARATIONS, type Declarations, fromJson } from './schema.ts'

export const NO_DECLARATIONS: Declarations = { version: 1, fields: {}, tags: [], groups: [] }

export function declarationsPath(path: string): string {
  return `${path}.ferry.json`
}

export async function readDeclarations(path: string): Promise<Declarations> {
  const place = declarationsPath(path)
  let text: string
  try {
    text = await readFile(place, 'utf8')
  } catch (error) {
    if (isMissing(error)) return NO_DECLARATIONS
    throw error
  }
  const parsed = DECLARATIONS.safeParse(fromJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ConnectorError('scan', `${place}: ${issue?.path.join('.')} ${issue?.message}`, {
    hint: 'Correct it, or delete it: then types are guessed from the values.',
  })
}

/** With what the log adds. */
export function withLog(declarations: Declarations, log: Log): Declarations {
  const { fields, tags, groups, isEmpty } = log.known
  if (isEmpty) return declarations
  return {
    version: 1,
    fields: { ...declarations.fields, ...Object.fromEntries(fields) },
    tags: [...new Set([...declarations.tags, ...tags])],
    groups: [...new Set([...declarations.groups, ...groups])],
  }
}

export function listPaths(declarations: Declarations): ReadonlySet<FieldPath> {
  const fields = Object.entries(declarations.fields)
  return new Set(fields.filter(([, { type }]) => type === 'choices').map(([path]) => path))
}
