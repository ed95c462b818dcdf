/** How much of personal data a report shows. */

export const MASKS = ['none', 'partial', 'full'] as const
export type Mask = (typeof MASKS)[number]

/** `partial` keeps first letters and the domain of an address; `full` keeps nothing but that there is something. */
export function masked(text: string, mask: Mask): string {
  if (mask === 'none' || text === '') return text
  if (mask === 'full') return '***'
  return text.replace(
    ADDRESS_OR_WORD,
    (word: string, local: string | undefined, domain: string | undefined) => {
      const [first = ''] = local ?? word
      if (domain !== undefined) return `${first}***@${domain}`
      return word === first ? word : `${first}***`
    },
  )
}

/** An address is looked for first, so that its domain is not taken for words. Marks belong to the letter before them. Bounded: a text may be long. */
const ADDRESS_OR_WORD =
  /([\p{L}\p{M}\p{N}._%+'-]{1,64})@([\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}.-]{0,253}[\p{L}\p{M}\p{N}])?)|[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu
