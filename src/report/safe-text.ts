/** Contact data is hostile input: what is shown on a terminal cannot move its cursor, colour it or hide behind its direction marks. */
import { cut } from './fit.ts'

/** One line, no control characters, no invisible direction changes; at most `max` characters. */
export function safeText(text: string, max = 120): string {
  const clean = text
    .replace(/\r\n?|[\n\u2028\u2029]/g, '⏎')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '·')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  return cut(clean, max)
}
