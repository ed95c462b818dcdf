/** What a connection to a file needs, and changes as the engine hands them to a writer. */
import { groupNamed, tagNamed } from '../../../connectors/file/vocabulary.ts'
import type { ConnectionSettings, ContactWrite } from '../../../src/connector/connector.ts'
import type { Kit } from '../../../src/connector/kit.ts'
import type { Fields } from '../../../src/model/field.ts'
import { remoteId } from '../../../src/model/id.ts'

export const signal: AbortSignal = new AbortController().signal
export const NOW = Date.parse('2026-11-02T10:00:00Z')

export const kit: Kit = {
  clock: {
    now: () => NOW,
    sleep: (_ms, at) => {
      at.throwIfAborted()
      return new Promise((resolve) => setImmediate(resolve))
    },
  },
  http: {
    channel: () => {
      throw new Error('a file needs no network')
    },
  },
  vault: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
  log: { debug: () => {}, info: () => {}, warn: () => {} },
  random: () => 0.5,
}

export function settingsOf(
  path: string,
  more: Partial<ConnectionSettings> = {},
): ConnectionSettings {
  return {
    name: 'sheet',
    url: '',
    auth: {},
    account: null,
    timeZone: null,
    path,
    options: {},
    limits: {},
    ...more,
  }
}

/** A change with only what a test cares about. */
export function change(
  key: string,
  more: {
    readonly id?: string
    readonly fields?: Fields
    readonly tags?: readonly string[]
    readonly untag?: readonly string[]
    readonly groups?: readonly string[]
    readonly consents?: ContactWrite['consents']
  },
): ContactWrite {
  return {
    key,
    op: more.id === undefined ? 'create' : 'update',
    id: more.id === undefined ? null : remoteId(more.id),
    fields: more.fields ?? {},
    tags: { add: (more.tags ?? []).map(tagNamed), remove: (more.untag ?? []).map(tagNamed) },
    groups: { add: (more.groups ?? []).map(groupNamed), remove: [] },
    consents: more.consents ?? [],
    current: null,
  }
}
