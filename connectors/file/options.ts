/** Where the file is, what it is, and how a new one is written: the settings of a connection, checked. */
import { extname } from 'node:path'
import type { ConnectionSettings } from '../../src/connector/connector.ts'
import { ConnectorError } from '../../src/connector/error.ts'
import { OPTIONS } from './schema.ts'

export type Format = 'csv' | 'ndjson'

export interface FileOptions {
  /** Absolute. */
  readonly path: string
  readonly format: Format
  /** null: as found in the file; a new one gets a comma, or a tab where the name ends in .tsv. */
  readonly delimiter: string | null
  /** Of a new CSV: Excel takes a file without one for its own old encoding. */
  readonly hasBom: boolean
  /** Between the items of one cell. */
  readonly separator: string
  readonly hasGuard: boolean
  /** Path of the field whose text becomes the id of a new contact. */
  readonly markerPath: string
  readonly pageRows: number
  readonly batchRows: number
}

const PAGE_ROWS = 1_000
const PAGE_ROWS_MAX = 10_000
const BATCH_ROWS = 500
const BATCH_ROWS_MAX = 5_000

/** Throws ConnectorError `unsupported` with what to write instead. */
export function readOptions(settings: ConnectionSettings): FileOptions {
  const { name, path, options, limits } = settings
  if (path === null) {
    throw new ConnectorError('unsupported', `connection "${name}" names no file`, {
      hint: 'Write where it is, as in path: ./people.csv',
    })
  }
  const parsed = OPTIONS.safeParse(options)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') ?? ''
    throw new ConnectorError('unsupported', `connection "${name}": ${where} ${issue?.message}`, {
      hint: 'Options of a file are format, delimiter, bom, separator, formulaGuard and marker.',
    })
  }
  const given = parsed.data
  const ending = extname(path).toLowerCase()
  const format = given.format ?? FORMATS[ending]
  if (format === undefined) {
    throw new ConnectorError('unsupported', `nothing says what kind of file ${path} is`, {
      hint: 'Add format: csv or format: ndjson, or let its name end in .csv, .tsv, .ndjson or .jsonl.',
    })
  }
  const delimiter = given.delimiter === 'tab' ? '\t' : given.delimiter
  return {
    path,
    format,
    delimiter: delimiter ?? (ending === '.tsv' ? '\t' : null),
    hasBom: given.bom ?? true,
    separator: given.separator ?? '|',
    hasGuard: given.formulaGuard ?? true,
    markerPath: `custom.${(given.marker ?? 'ferry_key').replace(/^custom\./, '')}`,
    pageRows: between(limits.pageSize ?? PAGE_ROWS, PAGE_ROWS_MAX),
    batchRows: between(limits.batchSize ?? BATCH_ROWS, BATCH_ROWS_MAX),
  }
}

const FORMATS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
}

function between(wanted: number, max: number): number {
  return Math.min(Math.max(1, wanted), max)
}
