/** Whom the target refuses, by cause. */
import { masked } from '../../report/mask.ts'
import { withoutAddresses } from '../../report/plan-record.ts'
import { number } from '../../report/table.ts'
import { html, href } from '../html.ts'
import { table } from '../page.ts'
import type { Answer, Visit } from '../visit.ts'

const LOOKED_AT_MAX = 100_000
const SHOWN_MAX = 500

export async function rejectsPage({ desk, query }: Visit): Promise<Answer> {
  const sync = query.get('sync')
  const wanted = query.get('cause')
  const filter = { sync, kind: 'reject', limit: LOOKED_AT_MAX } as const
  const all = await desk.app.store.cases.list(filter)
  const { mask } = desk
  const bySync = sync === null ? {} : { sync }
  const causes = [...Map.groupBy(all, ({ cause }) => cause)].sort(
    ([, a], [, b]) => b.length - a.length,
  )
  const some = wanted === null ? all : all.filter(({ cause }) => cause === wanted)
  const body = html`${table(
    ['Cause', '#Records', ''],
    causes.map(([cause, { length }]) => [
      withoutAddresses(cause, mask),
      number(length),
      html`<a href="${href(['rejects'], { ...bySync, cause })}">only these</a>`,
    ]),
  )}
<h2>Records</h2>
<p class="soft">${number(Math.min(some.length, SHOWN_MAX))} of ${number(some.length)}. Each is closed by the first run that brings it to a good end; <code>ferry rejects retry</code> has the next run take it up again.</p>
${table(
  ['Id', 'Sync', 'Record', 'Who', 'Cause', 'What to do'],
  some
    .slice(0, SHOWN_MAX)
    .map(({ id, sync: of, side, record, label, cause, hint }) => [
      id,
      of,
      html`<a href="${href(['person'], { sync: of, q: record, side })}">${record}</a>`,
      masked(label, mask),
      withoutAddresses(cause, mask),
      hint,
    ]),
)}`
  return { kind: 'page', title: sync === null ? 'Rejects' : `Rejects of ${sync}`, body }
}
