/** Decoding a page of contacts against the packages of npm that can, on the same page; what they make of it is compared before anything is timed. */
import { isDeepStrictEqual } from 'node:util'
import { OPERATIONS } from '../connectors/infusionsoft/operations.ts'
import { plainReply } from '../connectors/infusionsoft/plain-reply.ts'
import { decodeReply } from '../connectors/infusionsoft/reply.ts'
import { readResult } from '../connectors/infusionsoft/schema.ts'
import type { WireValue } from '../connectors/infusionsoft/xml-rpc.ts'
import type { Element } from '../connectors/xml-spec/element.ts'
import { readReply } from '../connectors/xml-spec/reply.ts'
import { SaxesParser } from 'saxes'
import type { Benchmark, Line } from './benchmark.ts'
import { infusionsoftPage, xmlSpecPage } from './pages.ts'
import { inTurn } from './stopwatch.ts'
import { amount } from './table.ts'
import { type Tree, xmlPeers } from './xml-peers.ts'
import { type Peer, xmlRpcPeers } from './xml-rpc-peers.ts'

export const decode: Benchmark = {
  name: 'decode',
  about: 'XML-RPC and XML-spec pages of 1,000 contacts against the npm peers',
  isDefault: true,
  async run(bench) {
    bench.say('decode: two pages of 1,000 contacts')
    return [...xmlRpcLines(await infusionsoftPage(RECORDS)), ...xmlLines(xmlSpecPage(RECORDS))]
  },
}

const RECORDS = 1000
const ROUNDS = 9

function xmlRpcLines(body: string): readonly Line[] {
  // Bytes are what arrives; the peers are spared making text of them.
  const bytes = Buffer.from(body)
  const ours = (): WireValue => {
    const value = plainReply(bytes)
    if (value === undefined) throw new Error('the page is not plain')
    return value
  }
  const typed = () =>
    readResult('DataService.query', OPERATIONS['DataService.query'], {
      value: ours(),
      table: 'Contact',
    })
  const wanted = ours()
  const peers = xmlRpcPeers()
  for (const { name, decode: decoded } of peers) {
    if (!isDeepStrictEqual(undressed(decoded(body)), undressed(wanted)))
      throw new Error(`${name} makes something else of the XML-RPC page`)
  }
  return race('XML-RPC page', body, [
    { name: 'plainReply', decode: ours },
    ...peers,
    { name: 'saxes 6, events alone (floor)', decode: bareEvents },
    { name: 'our decoder with typed rows', decode: typed },
    { name: 'our decoder of any reply', decode: decodeReply },
  ])
}

function xmlLines(body: string): readonly Line[] {
  const ours = (text: string): Element => readReply(text).root
  const wanted = bare(ours(body))
  const peers = xmlPeers()
  for (const { name, decode: decoded } of peers) {
    if (!isDeepStrictEqual(bare(decoded(body) as Tree), wanted))
      throw new Error(`${name} makes something else of the XML-spec page`)
  }
  return race('XML-spec page', body, [
    { name: 'readReply', decode: ours },
    ...peers,
    { name: 'saxes 6, events alone (floor)', decode: bareEvents },
  ])
}

/** The first one is ours. */
function race(page: string, body: string, all: readonly Peer[]): readonly Line[] {
  const times = inTurn(
    all.map((peer) => () => peer.decode(body)),
    ROUNDS,
  )
  const [ourMs = Number.NaN] = times
  const megabytes = body.length / 1e6
  return all.slice(1).map(({ name }, place): Line => {
    const ms = times[place + 1] ?? Number.NaN
    const isPeer = !name.includes('floor') && !name.startsWith('our ')
    return {
      benchmark: 'decode',
      what: `decode ${page} of ${amount(RECORDS)} contacts, ${megabytes.toFixed(1)} MB`,
      measured: `${ourMs.toFixed(1)} ms, ${(megabytes / (ourMs / 1000)).toFixed(0)} MB/s`,
      reference: `${ms.toFixed(1)} ms ${name}`,
      value: ms / ourMs,
      unit: 'x',
      bar: isPeer ? { atLeast: 1 } : null,
    }
  })
}

function bareEvents(body: string): number {
  const parser = new SaxesParser({ position: false })
  let events = 0
  const count = () => {
    events += 1
  }
  parser.on('opentagstart', count)
  parser.on('text', count)
  parser.on('closetag', count)
  parser.write(body).close()
  return events
}

/**
 * Stamps as the texts that they were (one peer makes dates of them, in the zone of the machine) and line ends as XML wants them read (the
 * same peer keeps what it finds).
 */
function undressed(value: unknown): unknown {
  if (value instanceof Date) return stampOf(value)
  if (typeof value === 'string') return value.replaceAll('\r\n', '\n')
  if (Array.isArray(value)) return value.map(undressed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, undressed(inner)]))
}

function stampOf(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Attributes left out: the answers have none. Blanks at the ends of a text are not compared: one peer cuts them. */
function bare({ name, children, text }: Tree): Tree {
  return { name, children: children.map(bare), text: text.trim() }
}
