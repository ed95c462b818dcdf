/** How much of personal data a report shows. */

export const MASKS = ['none', 'partial', 'full'] as const
export type Mask = (typeof MASKS)[number]

/** `partial` keeps first letters and the domain of an address; `full` keeps nothing but that there is something. */
export function masked(text: string, mask: Mask): string {
  if (mask === 'none' || text === '') return text
  if (mask === 'full') return '***'
  return text
    .replace(/[\p{L}\p{N}._%+'-]+@/gu, (local) => `${local[0]}***@`)
    .replace(
      /(?<![@\p{L}\p{N}*])([\p{L}\p{N}])[\p{L}\p{N}]+(?![\p{L}\p{N}]*@)/gu,
      (word, first: string, at: number, whole: string) =>
        whole.lastIndexOf('@', at) > whole.lastIndexOf(' ', at) ? word : `${first}***`,
    )
}
