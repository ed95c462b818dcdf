import { provesItsClaims } from './connector.ts'

provesItsClaims({
  platform: 'infusionsoft',
  skips: ['groups', 'opt-out taken back'],
  merge: async (other, loser, survivor) => {
    const input = { contactId: Number(survivor), duplicateContactId: Number(loser) }
    await other.call('ContactService.merge', input, new AbortController().signal)
  },
  settings: [
    { name: 'as documented' },
    {
      name: 'on the legacy host, cutting pages and texts, updating nothing without a word',
      quirks: { login: 'apiKey', pageSizeCap: 6, overlong: 'cut', missingUpdate: 'empty' },
    },
    {
      name: 'where tags move the stamp and order is loose, with entities in every text',
      quirks: { tagTouchesContact: true, unstableTies: true, padded: true, htmlEntities: true },
      options: { htmlEntities: true },
    },
    {
      name: 'unless the server ignores the order asked for, which shows',
      quirks: { keyset: 'ignored' },
      breaks: ['row order', 'end of data'],
    },
    {
      name: 'unless dates cannot be emptied, which shows',
      quirks: { clearDates: 'never' },
      breaks: ['null empties'],
    },
  ],
})
