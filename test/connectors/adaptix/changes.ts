/** Changes as the engine hands them to a writer, with only what a test cares about. */
import type { ContactWrite } from '../../../src/connector/connector.ts'
import type { Consent } from '../../../src/model/consent.ts'
import { remoteId } from '../../../src/model/id.ts'
import type { Tag } from '../../../src/model/vocabulary.ts'

export function change(more: Partial<ContactWrite> = {}): ContactWrite {
  return {
    key: 'k1',
    op: 'update',
    id: remoteId('47'),
    fields: {},
    tags: { add: [], remove: [] },
    groups: { add: [], remove: [] },
    consents: [],
    current: null,
    ...more,
  }
}

/** The creation of a contact with this address. */
export function creation(email: string, more: Partial<ContactWrite> = {}): ContactWrite {
  return change({
    key: email,
    op: 'create',
    id: null,
    ...more,
    fields: { 'emails.1': email, ...more.fields },
  })
}
export function tag(name: string): Tag {
  return { key: name, name, category: null, description: null }
}
export const optOut: Consent = {
  channel: 'email',
  address: null,
  state: 'refused',
  reason: 'asked by phone',
  scope: null,
  since: null,
}
