/** The script of the HTML report. Values become text nodes; nothing is ever parsed as markup. Written for browsers, so a text here. */

export const HTML_SCRIPT = `
'use strict';
(() => {
const { plan, records, total, mask } = JSON.parse(document.getElementById('data').textContent)
const BUCKETS = ['create', 'update', 'link', 'unchanged', 'excluded', 'hold', 'reject', 'blocked', 'delete']
const STEP = 200
const page = document.getElementById('page')

function make(name, options, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(options ?? {})) node.setAttribute(key, value)
  node.append(...children.map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))))
  return node
}
function draw(name, options) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(options)) node.setAttribute(key, String(value))
  return node
}
const number = (value) => Number(value).toLocaleString('en')
const isFilled = (list) => list.length > 0

function table(heads, rows) {
  if (!isFilled(rows)) return make('p', { class: 'soft' }, 'none')
  const cellOf = (name, head, value) => {
    const node = make(name, head.startsWith('#') ? { class: 'number' } : {})
    node.append(value instanceof Node ? value : document.createTextNode(String(value)))
    return node
  }
  const head = make('tr', {}, ...heads.map((text) => cellOf('th', text, text.replace('#', ''))))
  const body = rows.map((row) => make('tr', {}, ...row.map((value, place) => cellOf('td', heads[place], value))))
  return make('div', { class: 'scroll' }, make('table', {}, make('thead', {}, head), make('tbody', {}, ...body)))
}
function shown(value) {
  if (value === undefined) return make('span', { class: 'empty' }, 'not told')
  if (value === null) return make('span', { class: 'empty' }, 'empty')
  return make('span', {}, Array.isArray(value) ? value.join(', ') : value)
}
function samples(list) {
  return make('span', {}, list.slice(0, 3).join(' · '))
}
function nOfN(some, of) {
  const text = number(some) + ' of ' + number(of) + ' records'
  return make('p', { class: 'soft' }, of > some ? text + '; the sums above and the other tabs count all of them' : text)
}

function bar() {
  const counts = BUCKETS.map((bucket) => [bucket, plan.counts[bucket] ?? 0]).filter(([, count]) => count > 0)
  const sum = counts.reduce((all, [, count]) => all + count, 0)
  const box = draw('svg', { viewBox: '0 0 1000 20', preserveAspectRatio: 'none', role: 'img', 'aria-label': 'records by what happens with them' })
  let x = 0
  for (const [bucket, count] of counts) {
    const width = (1000 * count) / sum
    const part = draw('rect', { x, y: 0, width, height: 20, class: bucket })
    const title = draw('title', {})
    title.textContent = bucket + ' ' + number(count)
    part.append(title)
    box.append(part)
    x += width
  }
  const legend = counts.map(([bucket, count]) => {
    const mark = draw('svg', { viewBox: '0 0 10 10', 'aria-hidden': 'true' })
    mark.append(draw('rect', { width: 10, height: 10, class: bucket }))
    return make('li', {}, mark, bucket + ' ' + number(count))
  })
  return make('div', {}, box, make('ul', { class: 'legend' }, ...legend))
}

function summary() {
  const { fields, options = [], tags, groups } = plan.vocabulary
  const risks = Object.entries(plan.risks).filter(([, count]) => count > 0)
  const made = [...fields.map((each) => ['field', each.label, each.type, number(each.count)]),
    ...options.flatMap((list) => list.options.map((each) => ['option', each.label, list.label, number(each.count)])),
    ...tags.map((each) => ['tag', each.name, '', number(each.count)]),
    ...groups.map((each) => ['group', each.name, '', number(each.count)])]
  return [
    bar(),
    make('p', {}, 'Read ' + number(plan.read.from) + ' contacts at the source and ' + number(plan.read.to) + ' at the target, ' + (plan.full ? 'all of both accounts.' : 'what changed since the last run.')),
    make('p', { class: plan.mayApply ? 'good' : 'bad' }, plan.mayApply ? 'No guard stops this plan.' : 'A guard stops this plan.'),
    make('h2', {}, 'By risk'), table(['Risk', '#Records'], risks.map(([risk, count]) => [risk, number(count)])),
    make('h2', {}, 'Created first'), table(['What', 'Name', 'Type', '#Used by'], made),
    make('h2', {}, 'Notes'), table(['Note'], plan.warnings.map((text) => [text])),
  ]
}
function fieldsTab() {
  return [
    make('h2', {}, 'Changed fields'),
    table(['Field', '#Records', 'Samples: before to after'], plan.changes.map((each) => [each.path, number(each.count),
      samples(each.sample.map((one) => (one.before ?? '(empty)') + ' → ' + (one.after ?? '(empty)')))])),
    make('h2', {}, 'Losses: the rest of the record travels'),
    table(['Field', '#Records', 'Cause', 'Samples'], plan.losses.map((each) => [each.field, number(each.count), each.cause,
      samples(each.sample.map((one) => one.before + ' → ' + (one.after ?? 'nothing')))])),
  ]
}
function causes(title, list, buckets) {
  const some = records.filter((each) => buckets.includes(each.bucket) || (buckets.includes('hold') && each.bucket !== 'reject' && isFilled(each.held)))
  const all = Math.max(some.length, list.reduce((sum, { count }) => sum + count, 0))
  return [
    make('h2', {}, title),
    table(['Cause', '#Records', 'For example'], list.map((each) => [each.cause, number(each.count), samples(each.sample)])),
    make('h2', {}, 'Records'), nOfN(some.length, all), ...listOf(some),
  ]
}
function consentTab() {
  const some = records.filter((each) => isFilled(each.consents))
  return [
    make('p', {}, number(plan.consents.optOuts) + ' people travel opted out.'),
    make('p', plan.consents.irreversible > 0 ? { class: 'bad' } : {}, number(plan.consents.irreversible) + ' opt-outs of existing people that the target will not take back.'),
    make('h2', {}, 'Records'), nOfN(some.length, Math.max(some.length, plan.consents.optOuts)), ...listOf(some),
  ]
}
function costTab() {
  const { cost } = plan
  const share = cost.dailyShare === null ? '' : ', ' + Math.round(cost.dailyShare * 100) + ' % of the requests of a day'
  return [
    make('p', {}, number(cost.requests) + ' requests, about ' + cost.minutes + ' minutes at the permitted rate' + share + '.'),
    table(['Operation', '#Calls'], cost.calls.map((each) => [each.operation, number(each.count)])),
    make('h2', {}, 'Guards'),
    table(['Guard', 'Holds', '#Measured', '#Limit', 'Message', 'What to do'], plan.guards.map((each) => [each.name,
      make('span', { class: each.ok ? 'good' : 'bad' }, each.ok ? 'ok' : 'stops'), each.measured, each.limit ?? 'none', each.message, each.ok ? '' : each.hint])),
  ]
}

function detail(record) {
  const parts = []
  if (record.hint !== '') parts.push(make('p', {}, record.hint))
  if (record.writes === 'from') parts.push(make('p', {}, 'Writes the source.'))
  if (record.outcome?.message) parts.push(make('p', {}, 'Outcome: ' + record.outcome.message))
  if (isFilled(record.fields)) parts.push(table(['Field', 'Before', 'After', 'Risk', 'Rule'],
    record.fields.map((each) => [each.path, shown(each.before), shown(each.after), each.risk, each.why])))
  const sets = [['tags', record.tags], ['groups', record.groups]].flatMap(([name, change]) => [
    ...change.add.map((key) => [name, '+ ' + key]), ...change.remove.map((key) => [name, '− ' + key])])
  if (isFilled(sets)) parts.push(table(['Set', 'Change'], sets))
  if (isFilled(record.consents)) parts.push(table(['Channel', 'Address', 'State', 'Reason'],
    record.consents.map((each) => [each.channel, shown(each.address), each.state, each.reason ?? ''])))
  if (isFilled(record.losses)) parts.push(table(['Lost of', 'Before', 'After', 'Cause'],
    record.losses.map((each) => [each.field, shown(each.before), shown(each.after ?? 'nothing'), each.cause])))
  if (isFilled(record.held)) parts.push(table(['Held', 'Source', 'Target'],
    record.held.map((each) => [each.path, shown(each.from), shown(each.to)])))
  if (isFilled(record.candidates)) parts.push(make('p', {}, 'Also involved: ' + record.candidates.join(', ')))
  parts.push(make('p', { class: 'soft' }, 'ferry show ' + plan.plan + ' --record ' + (record.fromId ?? record.toId ?? '')))
  return make('div', {}, ...parts)
}
function entry(record) {
  const line = make('summary', {}, make('span', {}, record.bucket), make('span', {}, record.writes === 'from' ? (record.fromId ?? 'new') + ' ← ' + (record.toId ?? '') : (record.fromId ?? '') + ' → ' + (record.toId ?? 'new')),
    make('span', {}, record.label), make('span', { class: 'soft' }, record.cause))
  const node = make('details', {}, line)
  node.addEventListener('toggle', () => {
    if (node.open && node.childElementCount === 1) node.append(detail(record))
  })
  return node
}
function listOf(some) {
  const list = make('div', {})
  const more = make('button', { class: 'more', type: 'button' }, 'more')
  let at = 0
  const add = () => {
    list.append(...some.slice(at, at + STEP).map(entry))
    at += STEP
    more.hidden = at >= some.length
  }
  more.addEventListener('click', add)
  add()
  return [list, more]
}
function changesTab() {
  const choice = (title, values) => {
    const node = make('select', { 'aria-label': title }, make('option', { value: '' }, title), ...values.map((value) => make('option', { value }, value)))
    node.addEventListener('change', show)
    return node
  }
  const present = (pick) => [...new Set(records.flatMap(pick))].sort()
  const words = new Map(records.map((each) => [each, JSON.stringify(each).toLowerCase()]))
  const search = make('input', { type: 'search', placeholder: 'name, e-mail, id, value', 'aria-label': 'search' })
  search.addEventListener('input', show)
  const bucket = choice('any bucket', present((each) => [each.bucket]))
  const field = choice('any field', present((each) => each.fields.map((one) => one.path)))
  const risk = choice('any risk', present((each) => [each.risk]))
  const state = choice('any state', present((each) => [each.state]))
  const found = make('div', {})
  function show() {
    const wanted = search.value.trim().toLowerCase()
    const some = records.filter((each) => (bucket.value === '' || each.bucket === bucket.value) && (risk.value === '' || each.risk === risk.value)
      && (state.value === '' || each.state === state.value) && (field.value === '' || each.fields.some((one) => one.path === field.value))
      && (wanted === '' || words.get(each).includes(wanted)))
    found.replaceChildren(make('p', { class: 'soft' }, number(some.length) + ' found'), ...listOf(some))
  }
  show()
  return [nOfN(records.length, total), make('div', { class: 'filters' }, search, bucket, field, risk, state), found]
}

const TABS = [
  ['Summary', summary],
  ['Fields', fieldsTab],
  ['Changes', changesTab],
  ['Needs you', () => causes('Waiting for a decision', plan.holds, ['hold', 'blocked'])],
  ['Consent', consentTab],
  ['Rejects', () => causes('What the target would refuse', plan.rejects, ['reject'])],
  ['Cost and guards', costTab],
]
const bars = make('nav', { role: 'tablist' })
const sections = TABS.map(([title, fill], place) => {
  const button = make('button', { type: 'button', role: 'tab', id: 'tab' + place, 'aria-controls': 'section' + place }, title)
  const section = make('section', { role: 'tabpanel', id: 'section' + place, 'aria-labelledby': 'tab' + place }, ...fill())
  button.addEventListener('click', () => open(place))
  bars.append(button)
  return { button, section }
})
function open(place) {
  for (const [at, { button, section }] of sections.entries()) {
    button.setAttribute('aria-selected', String(at === place))
    section.hidden = at !== place
  }
}
bars.addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  if (step === undefined) return
  const at = sections.findIndex(({ section }) => !section.hidden)
  const next = (at + step + sections.length) % sections.length
  open(next)
  sections[next].button.focus()
})
const hidden = mask === 'none' ? '' : ', personal data masked (' + mask + ')'
page.replaceChildren(
  make('h1', {}, 'Plan ' + plan.plan),
  make('p', { class: 'soft' }, 'Sync ' + plan.sync + ', made ' + plan.createdAt + ', may be applied until ' + plan.expiresAt + ', hash ' + plan.hash + hidden),
  bars,
  ...sections.map(({ section }) => section),
)
open(0)
document.title = 'Plan ' + plan.plan
})()
`
