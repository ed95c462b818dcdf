/** `DeleteContacts` and `UnsubscribeContacts`: one contact per item, no way back. */
import type { Contact } from './account.ts'
import { batch, type Call, singleContact } from './call.ts'
import { type Element, leaf } from './element.ts'

/** The result stands last here, first in Add and Edit (fact sheet, quirk 20). */
export function deleteContacts(call: Call): Element[] {
  return batch(call, (item) => {
    const contact = singleContact(call, item)
    call.world.remove(contact)
    call.watch.gone(contact)
    return [
      leaf('AccountNumber', contact.account),
      leaf('Contact_id', contact.id),
      leaf('Result', 'Success'),
    ]
  })
}

/** Neither account nor stamp in the answer (quirk 22). Who was unsubscribed already keeps the first stamp. */
export function unsubscribeContacts(call: Call): Element[] {
  return batch(call, (item) => {
    const contact = singleContact(call, item)
    unsubscribe(call, contact)
    return [leaf('Contact_id', contact.id), leaf('Result', 'Success')]
  })
}

function unsubscribe(call: Call, contact: Contact): void {
  const { quirks } = call.world
  const now = call.world.stamp()
  const fromGroups = quirks.unsubscribesGroups
    ? new Map([...contact.groups.map((id) => [id, now] as const), ...contact.unsubscribedFrom])
    : contact.unsubscribedFrom
  call.watch.unsubscribed(contact, now)
  call.world.change(contact, {
    unsubscribed: contact.unsubscribed ?? now,
    unsubscribedFrom: fromGroups,
    ...(quirks.unsubscribeBumpsStamp ? { updated: now } : {}),
  })
}
