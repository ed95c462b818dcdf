/** One answer for all holds about a field: shown first with how many it would settle, then taken. */
import { type Answer as Given, keepDecisions, openHolds, weigh } from '../../app/holds.ts'
import { type Choice, choiceText, readChoice } from '../../plan/ruling.ts'
import { shown } from '../../report/hold-document.ts'
import { masked } from '../../report/mask.ts'
import { number } from '../../report/table.ts'
import { type Html, html, href, NOTHING } from '../html.ts'
import { table } from '../page.ts'
import { type Answer, type Desk, missing, type Visit } from '../visit.ts'

const SHOWN_MAX = 20

export async function decideManyPage({ desk, rest, form }: Visit): Promise<Answer> {
  if (desk.decidesAs === null || rest.join('/') !== 'many')
    return missing('deciding here: this server was started to look only')
  const field = form.get('field') ?? ''
  const choice = readChoice(form.get('choice') ?? '')
  const sync = form.get('sync') || null
  if (choice === null || field === '') return back({ refused: 'that is no answer' })
  const holds = await openHolds(desk.app.store, sync)
  const about = holds.filter(({ asked }) => asked.some((one) => one.field === field))
  const { decided } = weigh(
    about.map((hold): Given => ({ hold, field, choice, question: null, isNamed: false })),
  )
  const count = form.get('count')
  if (count === null)
    return {
      kind: 'page',
      title: `Decide ${number(decided.length)} at once`,
      body: preview(desk, { decided, field, choice, sync }),
    }
  // What was looked at is what is decided, and nothing that came up meanwhile.
  if (Number(count) !== decided.length)
    return back({ refused: 'their number has changed: look again' })
  const kept = await keepDecisions(desk.app, { decided }, desk.decidesAs)
  const [refused] = kept.refused
  return back(
    refused === undefined ? { kept: String(kept.decided.length) } : { refused: refused.why },
  )
}

function preview(
  { mask }: Desk,
  {
    decided,
    field,
    choice,
    sync,
  }: {
    readonly decided: ReturnType<typeof weigh>['decided']
    readonly field: string
    readonly choice: Choice
    readonly sync: string | null
  },
): Html {
  return html`<p>${field}: ${choiceText(choice)}, for all of these ${number(decided.length)}.</p>
${table(
  ['Hold', 'Who', 'Field', 'Source', 'Target'],
  decided
    .slice(0, SHOWN_MAX)
    .map(({ hold, asked }) => [
      hold.case.id,
      masked(hold.case.label, mask),
      asked.field,
      shown(asked.from, mask),
      shown(asked.to, mask),
    ]),
)}
${decided.length > SHOWN_MAX ? html`<p class="soft">and ${number(decided.length - SHOWN_MAX)} more</p>` : NOTHING}
<form class="bar" method="post" action="/holds/many">
<input type="hidden" name="field" value="${field}"><input type="hidden" name="sync" value="${sync ?? ''}"><input type="hidden" name="count" value="${decided.length}">
<button class="choose" name="choice" value="${choice}">decide all ${number(decided.length)}</button>
</form>
<p><a href="${href(['holds'], sync === null ? {} : { sync })}">back</a></p>`
}

function back(query: Readonly<Record<string, string>>): Answer {
  return { kind: 'go', to: href(['holds'], query) }
}
