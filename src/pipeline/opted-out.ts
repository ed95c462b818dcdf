/**
 * Finds the contacts behind opt-outs that are new since both sides last agreed. A platform that keeps consent by address moves no contact's stamp when
 * somebody opts out, so its consent stream is held against what the bases remember.
 */
import type { Consent } from '../model/consent.ts'
import type { RemoteId, Side } from '../model/id.ts'
import { optOutText, unpackBase } from '../plan/base.ts'
import { elementHash } from '../plan/slot-hash.ts'
import type { RunRecord } from '../state/runs.ts'
import { emailHash } from './directory.ts'
import type { Env } from './env.ts'

const PAGE = 1_000

export async function newlyOptedOut(
  env: Env,
  run: RunRecord,
  side: Side,
): Promise<readonly RemoteId[]> {
  const key = await env.store.meta.hashKey()
  const found = new Set<RemoteId>()
  for (let after = ''; ; ) {
    const rows = await env.store.staging.consentsAfter(run.id, side, after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return [...found]
    after = last.owner
    const wanted = rows.flatMap(({ owner, consent }) => {
      const text = optOutText(consent)
      return text === null ? [] : [{ owner, consent, hash: elementHash(key, text) }]
    })
    for (const id of await unknownOf({ env, run, side }, key, wanted)) found.add(id)
  }
}

interface Wanted {
  readonly owner: string
  readonly consent: Consent
  /** As a base remembers it. */
  readonly hash: string
}

/** Contacts whose link does not remember the opt-out. */
async function unknownOf(
  { env, run, side }: { readonly env: Env; readonly run: RunRecord; readonly side: Side },
  key: string,
  wanted: readonly Wanted[],
): Promise<readonly RemoteId[]> {
  const addressed = new Map(
    wanted.flatMap(({ consent, hash }) =>
      consent.address === null ? [] : [[emailHash(key, consent.address), hash] as const],
    ),
  )
  const named = await env.store.directory.among(run.sync, side, [...addressed.keys()])
  const asked = [
    ...named.map(({ contact, hash }) => ({ contact, optOut: addressed.get(hash) ?? '' })),
    ...wanted.flatMap(({ owner, hash }) =>
      owner.startsWith(OF_CONTACT)
        ? [{ contact: owner.slice(OF_CONTACT.length) as RemoteId, optOut: hash }]
        : [],
    ),
  ]
  const ids = [...new Set(asked.map((each) => each.contact))]
  const bases = new Map(
    side === 'from'
      ? (await env.store.links.byFrom(run.sync, ids)).map((link) => [
          link.fromId,
          unpackBase(link.fromBase),
        ])
      : (await env.store.links.byTo(run.sync, ids)).map((link) => [
          link.toId,
          unpackBase(link.toBase),
        ]),
  )
  return asked.flatMap(({ contact, optOut }) => {
    const base = bases.get(contact)
    // Without a link it is a hold, a reject or not travelling at all: its own case has it looked at.
    if (base === undefined) return []
    return base?.optOuts.has(optOut) === true ? [] : [contact]
  })
}

const OF_CONTACT = 'contact:'
