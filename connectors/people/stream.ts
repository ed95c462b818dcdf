/** Makes people one after the other: cheap, repeatable, in flat memory. */
import { company } from './company.ts'
import { custom } from './custom.ts'
import { type Dice, dice as newDice } from './dice.ts'
import { CULTURES, JOBS, NICKNAMES, PREFIXES, SUFFIXES } from './names.ts'
import type { Person } from './person.ts'
import { PLACES } from './places.ts'
import { addresses, digits, type Earlier, earlier, emails, phones } from './reach.ts'
import { LONG_TEXT, ODD_WORDS, OVERLONG, REMARKS } from './texts.ts'
import { GROUPS, TAGS } from './vocabulary.ts'

/** 2015-03-01 to 2026-01-15: everybody was created and changed in between. */
const firstMs = Date.UTC(2015, 2, 1)
const lastMs = Date.UTC(2026, 0, 15)
/** Begin of the New York hour that came twice in the autumn of 2025, as an instant. */
const repeatedHourMs = Date.UTC(2025, 10, 2, 5)
/** In every block of people some were touched in the same second, by an import. */
const importBlock = 2000
const importSize = 40
const tagNames = TAGS.map((tag) => tag.name)

/** `count` people, the same for the same arguments. */
export function* people(seed: number, count: number): Generator<Person> {
  const dice = newDice(seed)
  const before = earlier()
  const stepMs = (lastMs - firstMs) / Math.max(count, 1)
  for (let number = 1; number <= count; number++) {
    dice.turn(number)
    yield person(number, wholeSecond(firstMs + (number - 1) * stepMs), before, dice)
  }
}

function person(number: number, createdAt: number, before: Earlier, dice: Dice): Person {
  const culture = dice.pick(CULTURES)
  const [given, plainGiven] = dice.pick(culture.given)
  const [family, plainFamily] = dice.pick(culture.family)
  const place = dice.pick(PLACES)
  const works = dice.chance(0.6)
  return {
    number,
    givenName: dice.chance(0.02) ? '' : spelling(given, dice),
    familyName: dice.chance(0.04) ? '' : spelling(family, dice),
    middleName: dice.chance(0.08) ? 'Maria' : '',
    prefix: dice.chance(0.2) ? dice.pick(PREFIXES) : '',
    suffix: dice.chance(0.03) ? dice.pick(SUFFIXES) : '',
    nickname: dice.chance(0.05) ? dice.pick(NICKNAMES) : '',
    emails: emails({ number, plainGiven, plainFamily, createdAt }, before, dice),
    phones: phones(place, dice),
    fax: dice.chance(0.05) ? digits(dice.pick(place.phones), dice) : '',
    addresses: addresses(place, dice),
    company: works ? company(dice) : '',
    jobTitle: works && dice.chance(0.6) ? dice.pick(JOBS) : '',
    website: dice.chance(0.1) ? website(number, dice) : '',
    birthday: dice.chance(0.35) ? birthday(dice) : '',
    anniversary: dice.chance(0.05) ? `${1980 + dice.below(45)}-06-1${dice.below(10)}` : '',
    gender: dice.chance(0.4) ? dice.pick(['male', 'female', 'F', 'divers']) : '',
    language: dice.chance(0.5) ? culture.language : '',
    timeZone: dice.chance(0.5) ? place.timeZone : '',
    notes: notes(dice),
    points: dice.chance(0.6) ? 0 : dice.below(500),
    socials: {
      facebook: dice.chance(0.08) ? `https://facebook.com/person.${number}` : '',
      twitter: dice.chance(0.08) ? `@person_${number}` : '',
      linkedin: dice.chance(0.1) ? `https://linkedin.com/in/${plainGiven}-${number}` : '',
    },
    tags: some(tagNames, tagCount(dice), dice),
    groups: dice.chance(0.5) ? [] : some(GROUPS, 1 + dice.below(3), dice),
    custom: custom(dice, createdAt),
    createdAt,
    updatedAt: updatedAt(number, createdAt, dice),
  }
}

/** Now and then decomposed, padded, decorated, odd or far too long. */
function spelling(name: string, dice: Dice): string {
  const roll = dice.next()
  if (roll < 0.03) return name.normalize('NFD')
  if (roll < 0.036) return `${name} `
  if (roll < 0.042) return `${name} 🌙`
  if (roll < 0.046) return dice.pick(ODD_WORDS)
  if (roll < 0.056) return name.toUpperCase()
  return roll < 0.057 ? `${name} ${OVERLONG}` : name
}

function website(number: number, dice: Dice): string {
  return dice.pick([
    `https://www.person${number}.example/?q=a&b=c`,
    `person${number}.example`,
    `HTTP://PERSON${number}.EXAMPLE`,
    'www.müller.example',
  ])
}

function birthday(dice: Dice): string {
  if (dice.chance(0.02)) return `${dice.pick([1960, 1972, 1988, 2000, 2004])}-02-29`
  const month = String(1 + dice.below(12)).padStart(2, '0')
  const day = String(1 + dice.below(28)).padStart(2, '0')
  return `${1925 + dice.below(85)}-${month}-${day}`
}

function notes(dice: Dice): string {
  const roll = dice.next()
  if (roll < 0.55) return ''
  if (roll < 0.97) return dice.pick(REMARKS)
  return LONG_TEXT.slice(0, 500 + dice.below(roll < 0.998 ? 5000 : 12_000))
}

function tagCount(dice: Dice): number {
  const roll = dice.next()
  if (roll < 0.15) return 0
  return roll < 0.97 ? 1 + Math.floor(9 * dice.next() * dice.next()) : 30 + dice.below(10)
}

/** `count` different members in list order, each as likely as the others. */
function some(list: readonly string[], count: number, dice: Dice): readonly string[] {
  if (count === 0) return []
  const chosen: string[] = []
  let missing = count
  for (let i = 0; i < list.length && missing > 0; i++) {
    const name = list[i]
    if (name !== undefined && dice.below(list.length - i) < missing) {
      missing--
      if (!chosen.includes(name)) chosen.push(name)
    }
  }
  return chosen
}

function updatedAt(number: number, createdAt: number, dice: Dice): number {
  const inBlock = number % importBlock
  if (inBlock >= importBlock / 2 && inBlock < importBlock / 2 + importSize) {
    return Math.max(createdAt, lastMs - Math.floor(number / importBlock) * 3_600_000)
  }
  const roll = dice.next()
  if (roll < 0.4) return createdAt
  if (roll < 0.405) return Math.max(createdAt, repeatedHourMs + dice.below(7200) * 1000)
  return wholeSecond(createdAt + (lastMs - createdAt) * dice.next())
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
