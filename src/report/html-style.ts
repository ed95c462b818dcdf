/** The look of the HTML report, light and dark, on screen and on paper. */

export const HTML_STYLE = `
:root { --ink: #1b1f24; --soft: #5b6570; --line: #d5dae0; --paper: #ffffff; --band: #f4f6f8; --accent: #0b62a8;
  --create: #1a7f4b; --update: #0b62a8; --link: #5a7bbf; --unchanged: #9aa4ae; --excluded: #c3c9cf; --hold: #b26a00; --reject: #b3261e; --blocked: #7a1f5c; --delete: #6b1111 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa4ae; --line: #363d45; --paper: #15191d; --band: #1e2429; --accent: #6db3ee;
  --create: #4cbf85; --update: #5aa9ea; --link: #8fa9de; --unchanged: #6b7680; --excluded: #4a525a; --hold: #e0a24a; --reject: #f0766d; --blocked: #d07cb4; --delete: #d46a6a } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem }
p { margin: .3rem 0; overflow-wrap: anywhere } td span { white-space: pre-wrap } .soft { color: var(--soft) } .bad { color: var(--reject); font-weight: 600 } .good { color: var(--create); font-weight: 600 }
nav { display: flex; flex-wrap: wrap; gap: .25rem; margin: 1rem 0; border-bottom: 1px solid var(--line) }
nav button { border: 0; background: none; color: var(--soft); font: inherit; padding: .5rem .8rem; cursor: pointer; border-bottom: 3px solid transparent }
nav button[aria-selected=true] { color: var(--ink); border-color: var(--accent); font-weight: 600 }
button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line) } td { overflow-wrap: anywhere; min-width: 4.5rem }
th { white-space: nowrap; color: var(--soft); font-weight: 600; background: var(--band) } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.filters { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .8rem 0 }
input, select, .more { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .3rem; padding: .35rem .5rem } input { flex: 1 1 16rem }
details { border-bottom: 1px solid var(--line) } summary { cursor: pointer; padding: .4rem .2rem; display: grid; grid-template-columns: .8rem 6.5rem 9rem minmax(8rem, 1fr) 2fr; gap: .6rem } summary::before { content: '▸'; color: var(--soft) } details[open] > summary::before { content: '▾' } summary span { overflow-wrap: anywhere }
details > div { padding: .2rem .2rem 1rem 1rem } .empty { color: var(--soft); font-style: italic }
svg { width: 100%; height: 1.6rem; border-radius: .3rem; display: block } .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; list-style: none; margin: .5rem 0 } .legend svg { display: inline-block; width: .8rem; height: .8rem; vertical-align: -1px; margin-right: .35rem }
.create { fill: var(--create) } .update { fill: var(--update) } .link { fill: var(--link) } .unchanged { fill: var(--unchanged) } .excluded { fill: var(--excluded) } .hold { fill: var(--hold) } .reject { fill: var(--reject) } .blocked { fill: var(--blocked) } .delete { fill: var(--delete) }
.scroll { overflow-x: auto }
@media (max-width: 45rem) { summary { grid-template-columns: .8rem 1fr 1fr } summary span:nth-of-type(3) { grid-column: 2 } }
@media print { nav, .filters { display: none } section[hidden] { display: block !important } }
`
