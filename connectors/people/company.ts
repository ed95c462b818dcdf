/** Companies that several people share. */
import type { Dice } from './dice.ts'

const FIRST = [
  'Acme',
  'Nordwind',
  'Blue Door',
  'Müller & Söhne',
  'L’Atelier',
  'Sakura',
  'Zen',
  'O’Neill',
  'Alpha',
  'Kiosk 24',
  'Grün',
  'Delta-V',
] as const
const SECOND = [
  '',
  ' GmbH',
  ' Inc.',
  ' LLC',
  ' Ltd',
  ' & Co. KG',
  ', Inc',
  ' S.A.',
  ' Travel',
  ' Studio',
  ' "Quality" Foods',
  ' 株式会社',
] as const

/** Few names for many people: small numbers come up far more often. */
export function company(dice: Dice): string {
  const rank = Math.floor(FIRST.length * SECOND.length * dice.next() * dice.next())
  return companyAt(rank)
}

function companyAt(rank: number): string {
  const first = FIRST[rank % FIRST.length] ?? ''
  const second = SECOND[Math.floor(rank / FIRST.length) % SECOND.length] ?? ''
  return `${first}${second}`
}
