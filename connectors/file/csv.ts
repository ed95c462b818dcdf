/** The one place that knows how cells stand in a row of CSV. */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'

/** Cells of each row. Throws the parser's error where quotes do not fit. */
export function parseRows(text: Buffer, delimiter: string): string[][] {
  return parse(text, {
    delimiter,
    // Named, since the parser would take the first one it meets for the only one.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: 0,
  })
}

/** With its line end. */
export function formatRow(
  cells: readonly string[],
  how: { readonly delimiter: string; readonly newline: string },
): Buffer {
  const text = stringify([cells], {
    delimiter: how.delimiter,
    record_delimiter: how.newline,
    // Without it, only the file's own line end is quoted and a cell with another one would end the row.
    quote_record_delimiter: true,
  })
  return Buffer.from(text)
}
