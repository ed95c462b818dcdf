/** The look of the dashboard and its one script, which only shows how far a run is. Both are files of their own: the content policy lets nothing inline run. */
import { HTML_STYLE } from '../report/html-style.ts'

export const STYLE = `${HTML_STYLE}
header { border-bottom: 1px solid var(--line); background: var(--band) } header > div { max-width: 76rem; margin: 0 auto; padding: .7rem 1rem; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: baseline }
header strong { margin-right: .6rem } header a { color: var(--soft); text-decoration: none; padding: .2rem 0 } header a[aria-current] { color: var(--ink); font-weight: 600; border-bottom: 2px solid var(--accent) }
header .mask { margin-left: auto; color: var(--soft); font-size: .85rem }
a { color: var(--accent) } code { font-size: .9em; background: var(--band); padding: .05rem .3rem; border-radius: .2rem }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; margin: 1rem 0 } .card { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem } .card h2 { margin: 0 0 .4rem }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 } .tile { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .9rem; min-width: 6.5rem; border-top: 3px solid var(--line) } .tile b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums }
.tile.t-create { border-top-color: var(--create) } .tile.t-update { border-top-color: var(--update) } .tile.t-link { border-top-color: var(--link) } .tile.t-hold { border-top-color: var(--hold) } .tile.t-reject { border-top-color: var(--reject) } .tile.t-delete { border-top-color: var(--delete) } .tile.t-excluded { border-top-color: var(--excluded) } .tile.t-unchanged { border-top-color: var(--unchanged) }
progress { width: 100%; height: .8rem; accent-color: var(--accent) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
.hold { fill: none; border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; margin: .8rem 0 } .hold h3 { margin: 0; font-size: 1rem } .sides { display: grid; grid-template-columns: minmax(7rem, 12rem) 1fr 1fr; gap: .2rem 1rem; margin: .5rem 0 } .sides > div { padding: .25rem .4rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere } .sides .head { color: var(--soft); font-weight: 600 }
form.inline { display: inline } form.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .8rem 0 } button.choose { font: inherit; border: 1px solid var(--accent); color: var(--accent); background: var(--paper); border-radius: .3rem; padding: .25rem .7rem; margin: .2rem .3rem .2rem 0; cursor: pointer } button.choose:hover { background: var(--band) }
.notice { border-left: 4px solid var(--accent); background: var(--band); padding: .6rem .9rem; margin: 1rem 0 } .notice.bad { border-left-color: var(--reject) }
.state { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; font-size: .85rem } .state.s-done { color: var(--create); border-color: var(--create) } .state.s-open { color: var(--accent); border-color: var(--accent) } .state.s-failed, .state.s-blocked, .state.s-stopped { color: var(--reject); border-color: var(--reject) }
.pager { display: flex; gap: 1rem; margin: 1rem 0 } h1 { margin-bottom: .5rem }
@media (max-width: 45rem) { .sides { grid-template-columns: 1fr 1fr } .sides .name { grid-column: 1 / -1; font-weight: 600 } .sides .head.name { display: none } }
@media print { header nav, form { display: none } }
`

export const SCRIPT = `
'use strict';
(() => {
const place = document.querySelector('[data-watch]')
if (place === null) return
const source = new EventSource(place.dataset.watch)
const show = (name, text) => {
  const node = place.querySelector('[data-show=' + name + ']')
  if (node !== null) node.textContent = text
}
source.addEventListener('progress', (event) => {
  const progress = JSON.parse(event.data)
  const bar = place.querySelector('progress')
  if (bar !== null && progress.total > 0) {
    bar.max = progress.total
    bar.value = progress.ended
  }
  show('line', progress.line)
  show('status', progress.status)
  if (progress.isOver) {
    source.close()
    location.reload()
  }
})
})()
`
