/** Compares the truth of two simulators, past everything the engine says of itself. */
import type { SimulatedContact } from '../../src/connector/simulator.ts'
import type { App } from '../../src/app/app.ts'
import type { StoredOp } from '../../src/state/plans.ts'
import type { TwoAccounts } from './two-accounts.ts'

/** What is wrong with the target, in words; empty: nothing. For Infusionsoft to Adaptix with the default mapping. */
export async function mistakes(world: TwoAccounts, plan: string): Promise<readonly string[]> {
  const app = await world.open({ mayWrite: false })
  try {
    const ops = await opsOf(app, plan)
    const byMarker = Map.groupBy(
      world.to.snapshot(),
      (contact) => contact.fields['ferry_key'] ?? '',
    )
    const found: string[] = []
    for (const source of world.from.snapshot()) {
      const op = ops.get(source.id)
      const there = byMarker.get(`source:${source.id}`) ?? []
      if (op === undefined) found.push(`${source.id}: in no bucket`)
      else if (op.state === 'held' || op.state === 'rejected') {
        if (there.length > 0) found.push(`${source.id}: ${op.state}, yet written`)
      } else if (there.length !== 1) found.push(`${source.id}: ${there.length} times at the target`)
      else found.push(...differences(source, there[0] as SimulatedContact, op))
    }
    return found
  } finally {
    await app.close()
  }
}

export async function opsOf(app: App, plan: string): Promise<ReadonlyMap<string, StoredOp>> {
  const ops = new Map<string, StoredOp>()
  for (let afterSeq = 0; ; ) {
    const page = await app.store.plans.ops(plan as never, {
      afterSeq,
      untilSeq: null,
      limit: 1_000,
      states: null,
      buckets: null,
    })
    const last = page.at(-1)
    if (last === undefined) return ops
    afterSeq = last.op.seq
    for (const stored of page) if (stored.op.fromId !== null) ops.set(stored.op.fromId, stored)
  }
}

const PLAIN: Readonly<Record<string, readonly [string, string]>> = {
  FirstName: ['firstname', 'givenName'],
  LastName: ['lastname', 'familyName'],
  City: ['city', 'addresses.main.city'],
  PostalCode: ['zipcode', 'addresses.main.postalCode'],
  JobTitle: ['position', 'jobTitle'],
  Company: ['company', 'company'],
}

function differences(
  source: SimulatedContact,
  target: SimulatedContact,
  { op }: StoredOp,
): readonly string[] {
  const found: string[] = []
  const lost = new Set(op.losses.map((loss) => loss.field))
  const say = (what: string, a: unknown, b: unknown) => {
    found.push(`${source.id}: ${what}: ${JSON.stringify(a)} became ${JSON.stringify(b)}`)
  }
  for (const [from, [to, path]] of Object.entries(PLAIN)) {
    const [a, b] = [clean(source.fields[from]), clean(target.fields[to])]
    if (a !== b && !lost.has(path)) say(path, a, b)
  }
  const [email = ''] = source.emails
  if (fold(email) !== fold(target.emails[0] ?? '')) say('e-mail', email, target.emails[0])
  // Two tags of one name become "Category: Name", so names are compared from their end.
  const lostTags = op.losses.filter((loss) => loss.field === 'tags').length
  const missing = source.tags.filter(
    (tag) => !target.tags.some((other) => fold(other).endsWith(fold(tag))),
  )
  if (missing.length > lostTags) say('tags', source.tags, target.tags)
  const isOut = email !== '' && source.optedOut.some((address) => fold(address) === fold(email))
  if (isOut && target.optedOut.length === 0) say('opt-out', source.optedOut, target.optedOut)
  return found
}

function clean(text: string | undefined): string {
  return (text ?? '').replace(/\r\n/g, '\n').trim()
}
function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}
