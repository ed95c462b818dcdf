/** Words that stand for yes and no on the platforms. */

const YES = new Set(['true', '1', 'yes', 'y', 'on', 'ja', 'oui', 'si', 'sí', 'x', 'checked'])
const NO = new Set(['false', '0', 'no', 'n', 'off', 'nein', 'non', 'unchecked'])

/** null: the text says neither. */
export function readBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase()
  if (YES.has(word)) return true
  return NO.has(word) ? false : null
}
