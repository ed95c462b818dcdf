import { provesItsClaims } from './connector.ts'

/** From 6.0 on stamps may stand still, so nothing rests on them. */
const NO_STAMPS = ['far-future cursor', 'resolution of stamps']

provesItsClaims({
  platform: 'adaptix',
  skips: [],
  settings: [
    { name: 'at 2.16', quirks: { version: '2.16' } },
    { name: 'at 3.3', quirks: { version: '3.3' } },
    { name: 'at 4.4', quirks: { version: '4.4' } },
    { name: 'at 5.2', quirks: { version: '5.2' } },
    { name: 'at 7.0', quirks: { version: '7.0' }, skips: NO_STAMPS },
    {
      name: 'where newer operators and bulk calls are unknown and emoji do not fit',
      quirks: { plusOperators: false, noSegmentsBulk: true, noStats: true, utf8mb3: true },
      options: { utf8mb3: true },
    },
    {
      name: 'unless somebody vouches for stamps that stand still, which shows',
      quirks: { version: '7.0' },
      options: { dateModified: 'trusted' },
      breaks: ['resolution of stamps', 'what moves the stamp'],
    },
  ],
})
