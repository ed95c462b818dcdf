/** Some worlds on Postgres: the same promises, with a state whose answers come over a socket. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from '../state/postgres-server.ts'
import { PAIRS } from './open-world.ts'
import { play } from './play.ts'
import { replayOf } from './shrink.ts'

/** One for each pair of platforms, two-way ones among them. */
const FIRST = 4_000

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
}, 120_000)
afterAll(() => server.stop())

it.each(PAIRS.map((_, n) => ({ seed: FIRST + n })))(
  'keeps its promises in world $seed on Postgres',
  async ({ seed }) => {
    const { violations } = await play({ seed, state: await server.newSchema() })
    const [first] = violations
    expect(first && `${first.invariant}: ${first.text}\n  again: ${replayOf({ seed })}`).toBe(
      undefined,
    )
  },
  120_000,
)
