/** Plans, and one of them: buckets, guards, losses, most changed fields, and its records. */
import { recordsToShow } from '../../app/plan-records.ts'
import { BUCKETS } from '../../plan/op.ts'
import { mayApply, type PlanHeader } from '../../plan/plan.ts'
import { htmlPolicy, planHtml } from '../../report/html.ts'
import { type Mask, masked } from '../../report/mask.ts'
import { opLine, opText } from '../../report/op-text.ts'
import { headerDocument, withoutAddresses } from '../../report/plan-record.ts'
import { number } from '../../report/table.ts'
import { type Html, html, href, NOTHING } from '../html.ts'
import { moment, table } from '../page.ts'
import { type Answer, missing, type Visit } from '../visit.ts'

const PLANS_MAX = 100
const RECORDS_A_PAGE = 100
const ROWS_MAX = 50
const ALL_BUCKETS = [...BUCKETS, 'delete'] as const

export async function plansPage({ desk, query }: Visit): Promise<Answer> {
  const plans = await desk.app.store.plans.list(query.get('sync'), PLANS_MAX)
  const rows = plans.map((plan) => [
    html`<a href="${href(['plans', plan.id])}">${plan.id}</a>`,
    plan.sync,
    moment(plan.createdAt),
    ...(['create', 'update', 'delete', 'hold', 'reject'] as const).map((bucket) =>
      number(plan.counts[bucket]),
    ),
    mayApply(plan)
      ? html`<span class="good">ok</span>`
      : html`<span class="bad">a guard stops it</span>`,
  ])
  const heads = [
    'Plan',
    'Sync',
    'Made (UTC)',
    '#Create',
    '#Update',
    '#Delete',
    '#Hold',
    '#Reject',
    'Guards',
  ]
  return { kind: 'page', title: 'Plans', body: table(heads, rows) }
}

/** `/plans/ID`, `/plans/ID/records` for those of a bucket, `/plans/ID/record` for one, `/plans/ID/report` for the page that `ferry report` writes. */
export async function planPage(visit: Visit): Promise<Answer> {
  const { desk, rest } = visit
  const [id = '', more] = rest
  const plan = await desk.app.store.plans.header(id as never)
  if (plan === null || rest.length > 2) return missing('such plan')
  switch (more) {
    case undefined:
      return { kind: 'page', title: plan.id, body: overview(plan, desk.mask) }
    case 'records':
      return records(visit, plan)
    case 'record':
      return record(visit, plan)
    case 'report': {
      const shown = await recordsToShow(desk.app, plan)
      const text = planHtml({ plan, ...shown, mask: desk.mask })
      return { kind: 'document', text, policy: htmlPolicy() }
    }
    default:
      return missing('such page of a plan')
  }
}

function overview(plan: PlanHeader, mask: Mask): Html {
  const { counts, read, cost } = plan
  const shown = headerDocument(plan, mask) as unknown as Pick<
    PlanHeader,
    'holds' | 'rejects' | 'losses' | 'changes' | 'warnings' | 'guards'
  >
  const tiles = ALL_BUCKETS.map(
    (bucket) =>
      html`<a class="tile t-${bucket}" href="${href(['plans', plan.id, 'records'], { bucket })}"><b>${number(counts[bucket])}</b>${bucket}</a>`,
  )
  const value = (text: string | null) => (text === null ? '(empty)' : text)
  return html`<p class="soft">Sync ${plan.sync}, made ${moment(plan.createdAt)}, may be applied until ${moment(plan.expiresAt)}, hash ${plan.hash.slice(0, 16)}.
<a href="${href(['plans', plan.id, 'report'])}">The whole report</a>, with search and filters.</p>
<p>Read ${number(read.from)} contacts at the source and ${number(read.to)} at the target, ${plan.isFull ? 'all of both accounts' : 'what changed since the last run'}.
About ${number(cost.requests)} requests, ${cost.minutes} minutes at the permitted rate.</p>
<div class="tiles">${tiles}</div>
<p class="${mayApply(plan) ? 'good' : 'bad'}">${mayApply(plan) ? 'No guard stops this plan.' : 'A guard stops this plan.'}</p>
${table(
  ['Guard', 'Holds', '#Measured', '#Limit', 'Message'],
  shown.guards.map((guard) => [
    guard.name,
    guard.ok ? html`<span class="good">ok</span>` : html`<span class="bad">stops</span>`,
    guard.measured,
    guard.limit ?? 'none',
    guard.ok ? guard.message : `${guard.message} ${guard.hint}`,
  ]),
)}
<h2>Most changed fields</h2>
${table(
  ['Field', '#Records', 'For example: before → after'],
  shown.changes
    .slice(0, ROWS_MAX)
    .map(({ path, count, sample }) => [
      path,
      number(count),
      sample.map(({ before, after }) => `${value(before)} → ${value(after)}`).join(' · '),
    ]),
)}
<h2>Losses: the rest of the record travels</h2>
${table(
  ['Field', '#Records', 'Cause', 'For example'],
  shown.losses
    .slice(0, ROWS_MAX)
    .map(({ field, count, cause, sample }) => [
      field,
      number(count),
      cause,
      sample.map(({ before, after }) => `${before} → ${after ?? 'nothing'}`).join(' · '),
    ]),
)}
${causes('Waiting for a decision', shown.holds)}
${causes('What the target would refuse', shown.rejects)}
${shown.warnings.length === 0 ? NOTHING : html`<h2>Notes</h2><ul>${shown.warnings.map((text) => html`<li>${text}</li>`)}</ul>`}`
}

function causes(title: string, all: PlanHeader['holds']): Html {
  return html`<h2>${title}</h2>${table(
    ['Cause', '#Records', 'For example'],
    all
      .slice(0, ROWS_MAX)
      .map(({ cause, count, sample }) => [cause, number(count), sample.join(' · ')]),
  )}`
}

async function records({ desk, query }: Visit, plan: PlanHeader): Promise<Answer> {
  const bucket = query.get('bucket')
  const after = Number(query.get('after') ?? 0)
  const found = await desk.app.store.plans.ops(plan.id, {
    afterSeq: Number.isSafeInteger(after) ? after : 0,
    untilSeq: null,
    limit: RECORDS_A_PAGE + 1,
    states: null,
    buckets: bucket === null ? null : [bucket],
  })
  const shown = found.slice(0, RECORDS_A_PAGE)
  const last = shown.at(-1)
  const rows = shown.map(({ op, state }) => [
    op.bucket,
    html`<a href="${href(['plans', plan.id, 'record'], { id: op.fromId ?? op.toId ?? '' })}">${op.fromId ?? 'new'} ${op.writes === 'from' ? '←' : '→'} ${op.toId ?? 'new'}</a>`,
    state,
    masked(op.label, desk.mask),
    op.risk,
    withoutAddresses(op.cause, desk.mask),
  ])
  const next =
    found.length > RECORDS_A_PAGE && last !== undefined
      ? html`<a href="${href(['plans', plan.id, 'records'], { ...(bucket === null ? {} : { bucket }), after: String(last.op.seq) })}">more</a>`
      : NOTHING
  const body = html`<p class="soft"><a href="${href(['plans', plan.id])}">${plan.id}</a></p>
${table(['Bucket', 'Source, target', 'State', 'Who', 'Risk', 'Why'], rows)}<p class="pager">${next}</p>`
  return { kind: 'page', title: bucket === null ? 'Records' : `Records: ${bucket}`, body }
}

async function record({ desk, query }: Visit, plan: PlanHeader): Promise<Answer> {
  const id = query.get('id') ?? ''
  const { plans } = desk.app.store
  const found = [
    ...(await plans.opsOfRecord(plan.sync, 'from', id as never, PLANS_MAX)),
    ...(await plans.opsOfRecord(plan.sync, 'to', id as never, PLANS_MAX)),
  ].filter((one) => one.plan === plan.id)
  const ops = new Map(found.map(({ op }) => [op.op.seq, op]))
  if (ops.size === 0) return missing('record of that id in this plan')
  const sync = desk.app.config.syncs[plan.sync]
  const names = {
    from: `the source (${sync?.from ?? 'from'})`,
    to: `the target (${sync?.to ?? 'to'})`,
  }
  const { mask } = desk
  const shown = (value: string | readonly string[] | null | undefined) => {
    if (value === undefined) return html`<span class="empty">not told</span>`
    if (value === null || value.length === 0) return html`<span class="empty">empty</span>`
    return masked(typeof value === 'string' ? value : value.join(', '), mask)
  }
  const parts = [...ops.values()].map((stored) => {
    const { op } = stored
    const rest = opText(stored, mask, names)
      .slice(1)
      .filter((line) => !op.fields.some(({ path }) => line.startsWith(`  ${path}: `)))
    return html`<section><h2>${opLine(stored, mask)}</h2>
${table(
  ['Field', 'Before', 'After', 'Risk', 'Decided by'],
  op.fields.map(({ path, before, after, risk, why }) => [
    path,
    shown(before),
    shown(after),
    risk,
    withoutAddresses(why, mask),
  ]),
)}
<ul>${rest.map((line) => html`<li>${withoutAddresses(line.trim(), mask)}</li>`)}</ul></section>`
  })
  const body = html`<p class="soft"><a href="${href(['plans', plan.id])}">${plan.id}</a> ·
<a href="${href(['person'], { sync: plan.sync, q: id })}">this person across both sides</a></p>${parts}`
  return { kind: 'page', title: `Record ${id}`, body }
}
