/** What waits for a person, side by side; where this server may decide, with a button for each answer. */
import { type Asked, type Hold, openHolds } from '../../app/holds.ts'
import { choiceText } from '../../plan/ruling.ts'
import { decisionText, shown } from '../../report/hold-document.ts'
import { masked } from '../../report/mask.ts'
import { withoutAddresses } from '../../report/plan-record.ts'
import { type Html, html, href, NOTHING } from '../html.ts'
import type { Answer, Desk, Visit } from '../visit.ts'

const HOLDS_A_PAGE = 50
const VALUE_MAX = 2_000

export async function holdsPage({ desk, query }: Visit): Promise<Answer> {
  const sync = query.get('sync')
  const kind = query.get('kind')
  const all = await openHolds(desk.app.store, sync)
  const kinds = Map.groupBy(all, ({ asked }) => asked[0]?.kind ?? 'other')
  const some = kind === null ? all : (kinds.get(kind) ?? [])
  const start = pageIn(query.get('start'))
  const bySync = sync === null ? {} : { sync }
  const byKind = [
    html`<a href="${href(['holds'], bySync)}">all ${all.length}</a>`,
    ...[...kinds].map(
      ([name, { length }]) =>
        html` · <a href="${href(['holds'], { ...bySync, kind: name })}">${name} ${length}</a>`,
    ),
  ]
  const later =
    start + HOLDS_A_PAGE < some.length
      ? html`<a href="${href(['holds'], { ...bySync, ...(kind === null ? {} : { kind }), start: String(start + HOLDS_A_PAGE) })}">more</a>`
      : NOTHING
  const body = html`${notice(query)}
<p>${byKind}</p>
<p class="soft">${
    desk.decidesAs === null
      ? html`This page only shows. Decide with <code>ferry holds resolve</code>, or start <code>ferry serve --decide</code>.`
      : html`What is decided here is signed by ${desk.decidesAs}; the next plan obeys it, and nothing is written before that plan is applied.`
  }${desk.mask === 'none' ? NOTHING : html` Values are masked; <code>ferry serve --show-values</code> shows them.`}</p>
${desk.decidesAs === null ? NOTHING : together(some, sync)}
${some.slice(start, start + HOLDS_A_PAGE).map((hold) => holdCard(hold, desk))}
<p class="pager">${later}</p>`
  return { kind: 'page', title: sync === null ? 'Holds' : `Holds of ${sync}`, body }
}

function pageIn(text: string | null): number {
  const start = Number(text ?? 0)
  return Number.isSafeInteger(start) && start > 0 ? start : 0
}

function notice(query: URLSearchParams): Html {
  const [kept, refused] = [query.get('kept'), query.get('refused')]
  if (refused !== null) return html`<p class="notice bad">Not decided: ${refused}</p>`
  return kept === null ? NOTHING : html`<p class="notice">Decided. The next plan obeys it.</p>`
}

/** Fields that several holds are about, to be decided in one go. */
function together(holds: readonly Hold[], sync: string | null): Html {
  const open = holds.flatMap(({ asked }) =>
    asked.filter(
      ({ field, question, ruling }) => field !== null && question !== null && ruling === null,
    ),
  )
  const several = [...Map.groupBy(open, ({ field }) => field ?? '')]
    .filter(([, { length }]) => length > 1)
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, FIELDS_MAX)
  return html`${several.map(
    ([field, { length }]) => html`<form class="bar" method="post" action="/holds/many">
<input type="hidden" name="field" value="${field}"><input type="hidden" name="sync" value="${sync ?? ''}">
<span>${field}, ${length} holds</span>
${(['from', 'to'] as const).map(
  (choice) =>
    html`<button class="choose" name="choice" value="${choice}">for all: ${choiceText(choice)}…</button>`,
)}
</form>`,
  )}`
}
const FIELDS_MAX = 10

function holdCard({ case: open, asked }: Hold, desk: Desk): Html {
  const { mask } = desk
  const fields = asked.filter(({ field }) => field !== null)
  const rows = fields.map(
    (one) =>
      html`<div class="name">${one.field}</div><div>${shown(one.from, mask, VALUE_MAX)}</div><div>${shown(one.to, mask, VALUE_MAX)}</div>`,
  )
  return html`<article class="hold" id="hold-${open.id}">
<h3>${masked(open.label, mask)}</h3>
<p class="soft">hold ${open.id} · ${open.sync} · record ${open.record} at the ${open.side === 'from' ? 'source' : 'target'} ·
<a href="${href(['person'], { sync: open.sync, q: open.record, side: open.side })}">this person</a></p>
<p>${withoutAddresses(open.cause, mask)}</p>
${open.candidates.length === 0 ? NOTHING : html`<p class="soft">Also involved: ${open.candidates.join(', ')}</p>`}
${rows.length === 0 ? NOTHING : html`<div class="sides"><div class="head name">Field</div><div class="head">Source</div><div class="head">Target</div>${rows}</div>`}
${asked.map((one) => decision(one))}
${desk.decidesAs === null ? html`<p class="soft">${open.hint}</p>` : asked.map((one) => choices(open.id, one))}
</article>`
}

function decision({ field, lapsed, ruling }: Asked): Html {
  const about = field === null ? '' : `${field}: `
  if (ruling !== null) return html`<p class="good">${about}${decisionText(ruling)}</p>`
  return lapsed === null ? NOTHING : html`<p class="soft">${about}${lapsed}</p>`
}

function choices(id: string, { field, question, choices: offered, ruling }: Asked): Html {
  if (question === null) return NOTHING
  const answers = [...offered, ...(ruling === null ? [] : ['ask' as const])]
  return html`<form class="bar" method="post" action="/holds">
<input type="hidden" name="id" value="${id}"><input type="hidden" name="field" value="${field ?? ''}"><input type="hidden" name="question" value="${question}">
${field === null ? NOTHING : html`<span>${field}</span>`}
${answers.map(
  (choice) =>
    html`<button class="choose" name="choice" value="${choice}">${choice === 'ask' ? 'take it back' : choiceText(choice)}</button>`,
)}
</form>`
}
