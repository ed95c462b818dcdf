/** The tags, groups and custom fields that made-up people refer to, with the odd names real accounts have. */
import type { PersonField, PersonTag } from './person.ts'

/** `VIP` and `Follow up` stand in two categories; `newsletter` and `Newsletter` differ in case only. */
export const TAGS: readonly PersonTag[] = [
  ...inCategory('Leads', [
    'Hot lead',
    'Cold lead',
    'VIP',
    'Follow up',
    'Web form',
    'Trade show 2019',
    'Trade show 2024',
    'Asked for a quote',
    'Referred by a friend',
  ]),
  ...inCategory('Customers', [
    'VIP',
    'Follow up',
    'First order',
    'Repeat buyer',
    'Refunded',
    'Subscription: monthly',
    'Subscription: yearly',
    'Gold',
    'Silver',
    'Payment failed',
  ]),
  ...inCategory('Newsletter & offers', [
    'Newsletter',
    'newsletter',
    'Weekly digest',
    'Black Friday',
    'Coupon -20%',
    '-unengaged',
    'Clicked <summer> link',
  ]),
  ...inCategory('Événements', [
    'Webinar, advanced',
    'Webinar "Getting started"',
    "Founder's dinner",
    'Frühstück München',
    'Workshop 日本',
    'Party 🎉',
    'No-show',
  ]),
  ...inCategory('Import', [
    'Imported 2017-03-01',
    'Imported 2021-11-30',
    'old system; check before mailing',
    'Old CRM: segment with a name that fills all sixty characters',
    '0',
  ]),
  ...inCategory('', [
    'tmp do not use',
    'Partner',
    'Press',
    'Supplier',
    'Deceased',
    'Übrige',
    '#1 fan',
  ]),
]

export const GROUPS: readonly string[] = [
  'Customers',
  'Prospects',
  'Newsletter',
  'Suppliers & partners',
  'Board, honorary',
  'Ehemalige Schüler',
  'Do not call',
  'VIP 🌟',
]

/** One of each type. Options hold commas, quotes and a leading digit, because customers' options do. */
export const CUSTOM_FIELDS: readonly PersonField[] = [
  { label: 'Customer number', type: 'text', options: [] },
  { label: 'Background', type: 'longtext', options: [] },
  { label: 'Children', type: 'number', options: [] },
  { label: 'Shoe size', type: 'decimal', options: [] },
  { label: 'Credit limit', type: 'currency', options: [] },
  { label: 'Wants catalogue', type: 'boolean', options: [] },
  { label: 'Contract end', type: 'date', options: [] },
  { label: 'Next call', type: 'datetime', options: [] },
  {
    label: 'Plan level',
    type: 'choice',
    options: ['Basic', 'Plus', 'Pro (2024)', 'Größe L', '0 none'],
  },
  { label: 'Salutation style', type: 'radio', options: ['Formal', 'Informal', 'First "name"'] },
  {
    label: 'Interests',
    type: 'choices',
    options: [
      'Cycling',
      'Rock, Pop & Soul',
      'Cooking',
      'Café culture',
      'DIY / garden',
      '3D printing',
    ],
  },
  { label: 'Reception phone', type: 'phone', options: [] },
  { label: 'Invoice e-mail', type: 'email', options: [] },
  { label: 'Shop page', type: 'url', options: [] },
  { label: 'Founded', type: 'year', options: [] },
]

function inCategory(category: string, names: readonly string[]): readonly PersonTag[] {
  return names.map((name) => ({ name, category }))
}
