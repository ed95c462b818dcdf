/** Positions of scans: a connector's own text, kept by the engine, read back with care. */
import type { z } from 'zod'
import { ConnectorError } from './error.ts'

/** null: the scan begins. Throws `scan` for a text that is not of this schema. */
export function readPosition<Schema extends z.ZodType>(
  schema: Schema,
  text: string | null,
): z.output<Schema> | null {
  if (text === null) return null
  const result = schema.safeParse(fromJson(text))
  if (result.success) return result.data
  throw new ConnectorError('scan', 'the position of the scan is not one of this connector', {
    cause: result.error,
    hint: 'Start the scan anew.',
  })
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // Whatever it is, it is no position; the schema says so.
    return null
  }
}
