/** Columns that line up, for a terminal. */
import { columns } from './fit.ts'

export function table(
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right')[],
): readonly string[] {
  const widths = align.map((_, column) =>
    Math.max(0, ...rows.map((row) => columns(row[column] ?? ''))),
  )
  return rows.map((row) =>
    align
      .map((side, column) => {
        const cell = row[column] ?? ''
        const pad = ' '.repeat(Math.max(0, (widths[column] ?? 0) - columns(cell)))
        return side === 'left' ? cell + pad : pad + cell
      })
      .join('  ')
      .trimEnd(),
  )
}

/** 1234567 → 1,234,567. */
export function number(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
