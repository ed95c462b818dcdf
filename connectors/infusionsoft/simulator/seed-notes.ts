/** Notes, tasks and appointments of a new account: none, unless the quirk asks for them. */
import { type Account, appendSmall } from './account.ts'
import type { SmallRow } from './table.ts'

const dayInSeconds = 86_400

export function seedNotes(account: Account): void {
  const { notes: every, objectType } = account.quirks
  if (every === null) return
  account.contacts.forEach((contact, place) => {
    if (contact.kind !== 'contact' || place % every !== 0) return
    const add = (object: string, days: number, more: Omit<SmallRow, 'Id'>) =>
      appendSmall(account.contactActions, {
        ContactId: contact.id,
        UserID: account.users[0]?.id,
        CreationDate: contact.created + days * dayInSeconds,
        ActionDate: contact.created + days * dayInSeconds,
        IsAppointment: object === 'Appointment' ? 1 : 0,
        ...(object === 'Note' ? { CompletionDate: contact.created + days * dayInSeconds } : {}),
        ...(objectType ? { ObjectType: object } : {}),
        ...more,
      })
    add('Note', 1, {
      ActionType: 'Call',
      ActionDescription: 'First call',
      CreationNotes: `Asked for the price list & <b>more</b>.\nCall back in May, ${contact.id}.`,
    })
    add('Task', 2, { ActionType: 'Other', ActionDescription: 'Send the price list' })
    add('Note', 3, {
      ActionType: 'Other',
      ActionDescription: 'Über die Messe',
      CreationNotes: 'Met at the trade show in Köln.',
    })
    add('Appointment', 4, { ActionType: 'Appointment', ActionDescription: 'Visit' })
  })
}
