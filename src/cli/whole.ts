/** Numbers on the command line. */
import { UsageError } from './exit.ts'

/** A whole number from 0 on. Throws UsageError naming the flag. */
export function whole(text: string, flag: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError(
    `${flag} must be a whole number, not "${text}"`,
    `Write it in digits, as ${flag} 100.`,
  )
}
