/** A dashboard over two simulated accounts with something to decide, and a browser's way of asking it. */
import { serveDashboard, type Serving } from '../../src/web/server.ts'
import type { Mask } from '../../src/report/mask.ts'
import { type Pair, type TwoWay, twoWay } from '../app/two-way-world.ts'

/** Of a contact: whatever forgets to escape shows it. */
export const HOSTILE = `Bill"><script>document.title='taken'</script> & 'Co'`

export interface Desk {
  readonly two: TwoWay
  /** Of whom a field is held: `HOSTILE` at the target. */
  readonly held: Pair
  /** With the token. */
  readonly url: string
  readonly origin: string
  /** Errors of pages. */
  readonly errors: readonly unknown[]
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Page>
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Page>
  close(): Promise<void>
}
export interface Page {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export async function openDesk(
  more: { readonly mask?: Mask; readonly decidesAs?: string | null; readonly two?: TwoWay } = {},
): Promise<Desk> {
  const two = more.two ?? (await disputed())
  const held = (await two.pairs())[6]
  if (held === undefined) throw new Error('too few people')
  const app = await two.world.open({ mayWrite: false })
  const errors: unknown[] = []
  const serving: Serving = await serveDashboard({
    app,
    host: '127.0.0.1',
    port: 0,
    mask: more.mask ?? 'none',
    decidesAs: more.decidesAs ?? null,
    onError: (error) => errors.push(error),
  })
  const { origin } = new URL(serving.url)
  const entered = await fetch(serving.url, { redirect: 'manual' })
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const ask = async (path: string, init: RequestInit): Promise<Page> => {
    const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  return {
    two,
    held,
    url: serving.url,
    origin,
    errors,
    get: (path, headers = {}) => ask(path, { headers: { cookie, ...headers } }),
    post: (path, form, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { cookie, origin, ...headers },
      }),
    async close() {
      await serving.close()
      await app.close()
      if (more.two === undefined) two.close()
    },
  }
}

async function disputed(): Promise<TwoWay> {
  const two = await twoWay({
    from: { platform: 'adaptix', contacts: 30 },
    to: { platform: 'infusionsoft', contacts: 0 },
    seed: 3,
  })
  await two.sync()
  const pair = (await two.pairs())[6]
  if (pair === undefined) throw new Error('too few people')
  await two.edit('from', pair.from, { givenName: 'Wilhelmina' })
  await two.edit('to', pair.to, { givenName: HOSTILE })
  // Two more, to be decided together.
  for (const other of (await two.pairs()).slice(7, 9)) {
    await two.edit('from', other.from, { company: 'Here Ltd' })
    await two.edit('to', other.to, { company: 'There Ltd' })
  }
  await two.sync()
  return two
}
