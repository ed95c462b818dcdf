/** Lists of options in an account: what somebody has chosen, and whether it arrived, under the key or the name it has there. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { ListField } from './hands.ts'

export function chosenBy(
  lists: readonly ListField[],
  contact: SimulatedContact,
): readonly { readonly list: ListField; readonly value: string }[] {
  return lists.flatMap((list) => {
    const value = contact.fields[list.word] ?? ''
    return value === '' ? [] : [{ list, value }]
  })
}

/** Some field of the contact shows one of the names of what was chosen. */
export function hasArrived(
  { list, value }: { readonly list: ListField; readonly value: string },
  there: { readonly lists: readonly ListField[]; readonly contact: SimulatedContact },
): boolean {
  const names = new Set(namesOf(list, value).map(bareText))
  const shown = chosenBy(there.lists, there.contact).flatMap((one) => namesOf(one.list, one.value))
  return [...Object.values(there.contact.fields), ...shown].some((text) =>
    names.has(bareText(text)),
  )
}

function namesOf({ labels }: ListField, value: string): readonly string[] {
  return [value, labels.get(value) ?? value]
}

/** Keys are spelled differently: `Größe L` is `groesse_l` somewhere, and `grosse-l` elsewhere. */
function bareText(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
