/** As much of a browser as the HTML report needs: enough to run its script and read what a person would. */
import { runInNewContext } from 'node:vm'

export class FakeNode {
  readonly name: string
  readonly attributes = new Map<string, string>()
  children: FakeNode[] = []
  value = ''
  hidden = false
  open = false
  private text = ''
  private readonly listeners = new Map<string, (event: object) => void>()
  constructor(name: string) {
    this.name = name
  }
  set textContent(text: string) {
    this.text = text
    this.children = []
  }
  get textContent(): string {
    return this.text + this.children.map((child) => child.textContent).join(' ')
  }
  get childElementCount(): number {
    return this.children.filter(({ name }) => name !== '#text').length
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value)
  }
  append(...nodes: FakeNode[]): void {
    this.children.push(...nodes)
  }
  replaceChildren(...nodes: FakeNode[]): void {
    this.children = nodes
  }
  focus(): void {}
  addEventListener(name: string, listener: (event: object) => void): void {
    this.listeners.set(name, listener)
  }
  fire(name: string): void {
    this.listeners.get(name)?.({})
  }
  /** Every element below, this one first. */
  all(): readonly FakeNode[] {
    return [this, ...this.children.flatMap((child) => child.all())]
  }
  find(name: string, has = ''): FakeNode {
    const found = this.all().find((node) => node.name === name && node.textContent.includes(has))
    if (found === undefined) throw new Error(`no ${name} with "${has}"`)
    return found
  }
}

/** Names of elements, and of attributes that would do something, that the report has no use for. */
export const FORBIDDEN_ELEMENTS = ['script', 'img', 'iframe', 'a', 'object', 'embed', 'style']

export interface Opened {
  readonly page: FakeNode
  readonly title: string
  tab(name: string): FakeNode
}

/** Runs the page as a browser would: the data block, then the script. */
export function openPage(html: string): Opened {
  const [, json = ''] =
    /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html) ?? []
  const [, script = ''] = /<script>([^<]*(?:<(?!\/script)[^<]*)*)<\/script>/.exec(html) ?? []
  const page = new FakeNode('main')
  const data = new FakeNode('script')
  data.textContent = json
  const text = (content: string) => {
    const node = new FakeNode('#text')
    node.textContent = content
    return node
  }
  const document = {
    title: '',
    getElementById: (id: string) => (id === 'data' ? data : page),
    createElement: (name: string) => new FakeNode(name),
    createElementNS: (_: string, name: string) => new FakeNode(name),
    createTextNode: text,
  }
  // Texts that are appended bare are text nodes, as in a browser.
  const append = FakeNode.prototype.append
  FakeNode.prototype.append = function (...nodes) {
    append.apply(
      this,
      nodes.map((node: unknown) => (node instanceof FakeNode ? node : text(String(node)))),
    )
  }
  runInNewContext(script, { document, Node: FakeNode })
  FakeNode.prototype.append = append
  const tab = (name: string) => {
    page
      .all()
      .find((node) => node.name === 'button' && node.textContent === name)
      ?.fire('click')
    const open = page.all().find((node) => node.name === 'section' && !node.hidden)
    if (open === undefined) throw new Error(`no tab ${name}`)
    return open
  }
  return { page, title: document.title, tab }
}
