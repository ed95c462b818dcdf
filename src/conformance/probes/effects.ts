/** What must not happen: nobody is mailed, opted in or entered into anything by being written. */
import { ConnectorError } from '../../connector/error.ts'
import type { Writer } from '../../connector/connector.ts'
import type { Fields } from '../../model/field.ts'
import { norm } from '../../model/norm.ts'
import { type BackstageProbe, compare, faultless } from '../probe.ts'
import { consentOf, stateOf } from './consent.ts'

export const sideEffects: BackstageProbe = {
  name: 'side effects',
  asks: 'Does writing a contact start nothing, opt nobody in, add no tags or groups, and never leave somebody opted out mailable?',
  needs: 'backstage',
  async run(bench, hands, backstage) {
    const { signal } = bench
    const { writer } = hands
    const before = JSON.stringify(await writer.inventory(signal))
    const [plain, closed] = [hands.address(), hands.address()]
    const { capabilities } = writer
    const tags = capabilities.tags.add && capabilities.tags.create ? [await hands.tag()] : []
    const id = await hands.create({ fields: hands.person({ 'emails.1': plain }) })
    await hands.update(id, { fields: { givenName: 'Berta' } })
    const isOptOut = capabilities.consent.optOut
    await hands.create({
      fields: hands.person({ 'emails.1': closed }),
      addTags: tags,
      consents: isOptOut ? [consentOf(closed, 'refused')] : [],
    })
    const { contacts, breaches } = backstage.truth()
    const [one, two] = [plain, closed].map((email) =>
      contacts.find(({ emails }) => emails.some((each) => norm('email', each) === email)),
    )
    const state = await stateOf(bench, writer, id, plain)
    const faults = [
      ...(JSON.stringify(await writer.inventory(signal)) === before
        ? []
        : ['the inventory changed']),
      ...(state === 'granted' && capabilities.consent.holder === 'address'
        ? ['opted in unasked']
        : []),
      ...breaches,
      ...(one === undefined || two === undefined ? ['the contacts are not there'] : []),
      ...(one?.tags.length === 0 ? [] : ['tags that nobody gave']),
      ...(one?.groups.length === 0 ? [] : ['groups that nobody gave']),
      ...(state === 'refused' || state === 'undeliverable' ? [`${state} unasked`] : []),
      ...(two?.tags.length === tags.length ? [] : ['other tags than given']),
      ...(!isOptOut || two?.optedOut.length ? [] : ['the opt-out is not there']),
    ]
    return faultless('none', faults, 'none')
  },
}

export const dryConnection: BackstageProbe = {
  name: 'dry connection',
  asks: 'Is a connection that was opened for reading unable to write, whatever it is asked?',
  needs: 'backstage',
  async run(bench, hands, backstage) {
    const before = backstage.truth().contacts.length
    const reader = bench.open({}) as Partial<Writer>
    const seen = await reachOf(reader, hands.person(), bench.signal)
    const isUntouched = backstage.truth().contacts.length === before
    return compare('cannot write', isUntouched ? 'cannot write' : 'wrote', seen)
  },
}

async function reachOf(
  reader: Partial<Writer>,
  fields: Fields,
  signal: AbortSignal,
): Promise<string> {
  if (reader.write === undefined) return 'there is nothing to write with'
  try {
    await reader.write(
      [
        {
          key: 'dry',
          op: 'create',
          id: null,
          fields,
          tags: { add: [], remove: [] },
          groups: { add: [], remove: [] },
          consents: [],
          current: null,
        },
      ],
      signal,
    )
    return 'the write went through'
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return `${error.kind}: ${error.message}`
  }
}
