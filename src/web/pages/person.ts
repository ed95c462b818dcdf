/** One person across both sides, asked for now: who is linked to whom, each field, consent, what was done and what waits. */
import { type Explanation, explain } from '../../app/explain.ts'
import type { Side } from '../../model/id.ts'
import { type Mask, masked } from '../../report/mask.ts'
import { decisionText } from '../../report/hold-document.ts'
import { opLine } from '../../report/op-text.ts'
import { withoutAddresses } from '../../report/plan-record.ts'
import { type Html, html, href, NOTHING, type Part } from '../html.ts'
import { table } from '../page.ts'
import type { Answer, Visit } from '../visit.ts'

const OPS_MAX = 20

export async function personPage({ desk, query, signal }: Visit): Promise<Answer> {
  const syncs = Object.keys(desk.app.config.syncs)
  const [first = ''] = syncs
  const sync = query.get('sync') ?? first
  const person = (query.get('q') ?? '').trim()
  const side = sideIn(query.get('side'))
  const form = html`<form class="bar" method="get" action="/person">
<select name="sync" aria-label="sync">${syncs.map((name) =>
    name === sync
      ? html`<option value="${name}" selected>${name}</option>`
      : html`<option value="${name}">${name}</option>`,
  )}</select>
<input name="q" value="${masked(person, person.includes('@') ? desk.mask : 'none')}" placeholder="an id at either side, or an e-mail" aria-label="person">
<button class="choose">Look</button></form>
<p class="soft">Looking asks both accounts; it changes nothing.</p>`
  if (person === '' || !syncs.includes(sync)) return { kind: 'page', title: 'Person', body: form }
  const found = await explain(desk.app, { sync, person, side, opsMax: OPS_MAX }, signal)
  const body =
    found === null
      ? html`${form}<p class="notice bad">Nobody at either side has that id or e-mail.</p>`
      : html`${form}${shownPerson(found, desk.mask)}`
  return { kind: 'page', title: 'Person', body }
}

function sideIn(text: string | null): Side | null {
  return text === 'from' || text === 'to' ? text : null
}

function shownPerson(found: Explanation, mask: Mask): Html {
  const { link, compared } = found
  return html`<dl>
<dt>Link</dt><dd>${link === null ? 'none' : `${link.fromId} → ${link.toId}, ${withoutAddresses(link.origin, mask)}, in ${link.run}`}</dd>
<dt>Source</dt><dd>${reading(found.from)}</dd>
<dt>Target</dt><dd>${reading(found.to)}</dd>
${found.others.map(({ side, id, why }) => html`<dt>Also</dt><dd>${id} at the ${side === 'from' ? 'source' : 'target'} has ${why}</dd>`)}
</dl>
${found.rulings.map(
  (ruling) =>
    html`<p class="good">${ruling.field === null ? '' : `${ruling.field}: `}${decisionText(ruling)}</p>`,
)}
<h2>Waits</h2>
${table(
  ['Kind', 'Cause', 'What to do'],
  found.cases.map(({ kind, cause, hint }) => [kind, withoutAddresses(cause, mask), hint]),
)}
${
  compared === null
    ? NOTHING
    : html`<h2>Fields</h2>${table(
        ['Field', 'Verdict', 'Source', 'Would be', 'Target', 'Rule', ''],
        compared.fields.map((field) => [
          field.path,
          field.verdict,
          Object.values(field.from)
            .map((value) => text(value, mask))
            .join(' · '),
          text(field.wanted, mask),
          text(field.to, mask),
          field.rule,
          withoutAddresses(field.why, mask),
        ]),
      )}`
}
<h2>Consent</h2>
${table(
  ['Side', 'Channel', 'Address', 'State', 'Reason'],
  (['from', 'to'] as const).flatMap((side) =>
    (found.consents[side]?.consents ?? []).map((consent): readonly Part[] => [
      side === 'from' ? 'source' : 'target',
      consent.channel,
      masked(consent.address ?? '', mask),
      consent.state,
      masked(consent.reason ?? '', mask),
    ]),
  ),
)}
<h2>In plans</h2>
${table(
  ['Plan', 'What'],
  found.ops.map(({ plan, op }) => [
    html`<a href="${href(['plans', plan])}">${plan}</a>`,
    withoutAddresses(opLine(op, mask), mask),
  ]),
)}`
}

function reading(found: Explanation['from']): string {
  switch (found.kind) {
    case 'found':
      return `${found.sighting.id}, changed ${found.sighting.updatedAt ?? 'at a time it does not tell'}`
    case 'merged':
      return `${found.id} was merged into ${found.sighting.id}`
    case 'gone':
      return `${found.id} is not there any more`
    case 'inconclusive':
      return `${found.id} could not be read: ${found.message}`
    case 'nobody':
      return 'nobody'
  }
}

function text(value: string | readonly string[] | null | undefined, mask: Mask): string {
  if (value === undefined) return '(not told)'
  if (value === null || value.length === 0) return '(empty)'
  return masked(typeof value === 'string' ? value : value.join(', '), mask)
}
