import { provesItsClaims } from './connector.ts'

provesItsClaims({
  platform: 'xml-spec',
  skips: [
    'length limits',
    'notes',
    'opt-out taken back',
    'get by id: merged',
    'sequences',
    'companies',
  ],
  settings: [
    { name: 'as documented' },
    {
      name: 'with errors for empty lists, totals of the page, and capped pages',
      quirks: { emptyResult: 'error', total: 'page', pageSizeMax: 6, sinceInclusive: true },
    },
    {
      name: 'with broken markup, entities of HTML, and pages out of order',
      quirks: { unclosedGroup: 1, entities: 'html', unsorted: true, prolog: 'bom' },
    },
    {
      name: 'where a page comes twice, another is short, and membership moves the stamp',
      quirks: { repeatPage: 2, shortPage: 3, membershipBumpsStamp: true, itemSeconds: 40 },
    },
    {
      name: 'unless an address belongs to one contact only, which shows',
      quirks: { duplicateRule: 'email' },
      breaks: ['uniqueness'],
    },
    {
      name: 'unless stamps are coarse, which shows',
      quirks: { stampSeconds: 60 },
      breaks: ['resolution of stamps', 'what moves the stamp', 'expected version'],
    },
  ],
})
