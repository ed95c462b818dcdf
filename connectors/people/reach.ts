/** How people can be reached: addresses that collide, phones that no machine likes, and what they allowed. */
import type { Dice } from './dice.ts'
import type { Person, PersonEmail } from './person.ts'
import { ODD_COUNTRIES, ODD_PHONES, type Place } from './places.ts'
import { ODD_WORDS } from './texts.ts'

/** How many earlier addresses a duplicate may come from; keeps the stream's memory flat. */
const remembered = 64
const DOMAINS = [
  'example.com',
  'example.org',
  'mail.example.net',
  'shop.example',
  'xn--mnchen-3ya.example',
] as const
const NON_ASCII = [
  'jörg@münchen.example',
  'δοκιμή@παράδειγμα.example',
  '用户@例子.example',
  'zoé@example.com',
] as const
const PHONE_TYPES = ['Mobile', 'Mobile', 'Work', 'Home', 'Main', 'Other', ''] as const

/** Addresses of the people who came before, for duplicates to pick from. */
export interface Earlier {
  take(dice: Dice): string | null
  remember(address: string): void
}

export function earlier(): Earlier {
  const ring: string[] = []
  let at = 0
  return {
    take: (dice) => (ring.length === 0 ? null : dice.pick(ring)),
    remember(address) {
      ring[at] = address
      at = (at + 1) % remembered
    },
  }
}

export interface Named {
  readonly number: number
  readonly plainGiven: string
  readonly plainFamily: string
  readonly createdAt: number
}

export function emails(who: Named, before: Earlier, dice: Dice): readonly PersonEmail[] {
  if (dice.chance(0.03)) return []
  const first = primary(who, before, dice)
  before.remember(first)
  const found = [email(first, consent(dice), who, dice)]
  if (dice.chance(0.15)) {
    const second = dice.chance(0.01)
      ? (before.take(dice) ?? first)
      : `${who.plainGiven}.${who.number}@home.example`
    found.push(email(second, dice.chance(0.6) ? 'granted' : consent(dice), who, dice))
    if (dice.chance(0.2))
      found.push(email(`info+${who.number}@shop.example`, consent(dice), who, dice))
  }
  return found
}

export function phones(place: Place, dice: Dice): Person['phones'] {
  if (dice.chance(0.25)) return []
  const count = dice.chance(0.3) ? (dice.chance(0.2) ? 4 : 2) : 1
  return Array.from({ length: count }, () => ({
    number: dice.chance(0.02) ? dice.pick(ODD_PHONES) : digits(dice.pick(place.phones), dice),
    type: dice.pick(PHONE_TYPES),
    extension: dice.chance(0.05) ? String(10 + dice.below(900)) : '',
  }))
}

export function addresses(place: Place, dice: Dice): Person['addresses'] {
  if (dice.chance(0.3)) return []
  const kinds = dice.chance(0.12) ? (['main', 'shipping', 'other'] as const) : (['main'] as const)
  const count = kinds.length === 1 || dice.chance(0.3) ? kinds.length : 2
  return kinds.slice(0, count).map((kind) => ({
    kind,
    line1: dice.chance(0.005) ? dice.pick(ODD_WORDS) : digits(dice.pick(place.streets), dice),
    line2: dice.chance(0.08) ? `c/o Floor ${1 + dice.below(9)}` : '',
    city: place.city,
    region: place.region,
    postalCode: digits(place.postalCode, dice),
    country: dice.chance(0.06) ? dice.pick(ODD_COUNTRIES) : dice.chance(0.1) ? '' : place.country,
  }))
}

/** Replaces every `#` by a digit; what begins with one begins with 1 to 9. */
export function digits(pattern: string, dice: Dice): string {
  let text = ''
  for (const letter of pattern) {
    text += letter === '#' ? (text === '' ? 1 + dice.below(9) : dice.below(10)) : letter
  }
  return text
}

function primary(who: Named, before: Earlier, dice: Dice): string {
  const roll = dice.next()
  if (roll < 0.005) return before.take(dice) ?? plain(who, dice)
  if (roll < 0.015) return otherCase(before.take(dice)) ?? plain(who, dice)
  if (roll < 0.017) return `${who.number}.${dice.pick(NON_ASCII)}`
  if (roll < 0.037) return `${who.plainGiven}+list${who.number}@example.com`
  if (roll < 0.052) return plain(who, dice).toUpperCase()
  return plain(who, dice)
}

function plain(who: Named, dice: Dice): string {
  return `${who.plainGiven}.${who.plainFamily}.${who.number}@${dice.pick(DOMAINS)}`
}

function otherCase(address: string | null): string | null {
  if (address === null) return null
  const upper = address.toUpperCase()
  return upper === address ? address.toLowerCase() : upper
}

function email(
  address: string,
  state: PersonEmail['consent'],
  who: Named,
  dice: Dice,
): PersonEmail {
  return { address, consent: state, consentSince: who.createdAt + dice.below(60) * 1000 }
}

function consent(dice: Dice): PersonEmail['consent'] {
  const roll = dice.next()
  if (roll < 0.05) return 'unsubscribed'
  if (roll < 0.06) return 'manual'
  if (roll < 0.063) return 'complained'
  if (roll < 0.093) return 'bounced'
  if (roll < 0.113) return 'none'
  return roll < 0.19 ? 'double' : 'granted'
}
