/** Bugs of the bank that no world can show, each with the reason; other checks of the bank find them. */
const ONE_WAY = 'worlds go one way'
const AS_TAGS = 'in worlds tags stay tags'

export const UNSEEN: Readonly<Record<string, string>> = {
  'cursor bound exclusive (XML-RPC)': 'the overlap reads again what lies at the bound',
  'cursor bound exclusive (REST)': 'the overlap reads again what lies at the bound',
  'flapping not noticed': ONE_WAY,
  'turns of other values counted as flapping': ONE_WAY,
  'choice that was taken off is chosen again': ONE_WAY,
  'deleted on one absence (two-way)': ONE_WAY,
  'emptied target not suspected (two-way)': ONE_WAY,
  'what a killed try has planned counts as decided': ONE_WAY,
  'the two ops of a pair settle each other': ONE_WAY,
  'segment created beside one of its name': AS_TAGS,
  'memberships acknowledged before they are sent': AS_TAGS,
  'stale plan applied': 'worlds apply a plan in the run that made it',
}
