/** Bugs of the bank that no world can show, each with the reason; other checks of the bank find them. */
const TWO_WAY = 'only one world in five goes both ways, and this scene is rare in those'
const NOBODY_GOES = 'worlds that go both ways remove nobody'
const AS_TAGS = 'in worlds tags stay tags'

export const UNSEEN: Readonly<Record<string, string>> = {
  'cursor bound exclusive (XML-RPC)': 'the overlap reads again what lies at the bound',
  'cursor bound exclusive (REST)': 'the overlap reads again what lies at the bound',
  'flapping not noticed': TWO_WAY,
  'turns of other values counted as flapping': TWO_WAY,
  'choice that was taken off is chosen again': TWO_WAY,
  'deleted on one absence (two-way)': NOBODY_GOES,
  'emptied target not suspected (two-way)': NOBODY_GOES,
  'what a killed try has planned counts as decided': TWO_WAY,
  'the two ops of a pair settle each other': TWO_WAY,
  'segment created beside one of its name': AS_TAGS,
  'memberships acknowledged before they are sent': AS_TAGS,
  'bounce of the old address answers for the new one (plan)':
    'people whose address bounced are few, and fewer of them get another one',
  'bounce of the old address answers for the new one (last look)':
    'people whose address bounced are few, and fewer of them get another one',
  'absence believed after a partial reading':
    'who is asked for by id and is gone may be parted from; that an incremental run should not is told by its check',
  'place given back before all know of the quiet': 'all processes of a world share one memory',
  'account that takes no write not suspected': 'an outage of a world strikes reading as well',
  'stale plan applied': 'worlds apply a plan in the run that made it',
}
