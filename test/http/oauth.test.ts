import { describe, expect, test } from 'vitest'

import { ConnectorError } from '../../src/connector/error.ts'
import type { HttpResponse, Vault } from '../../src/connector/kit.ts'
import { readTokens, type Tokens, tokenKeeper } from '../../src/http/oauth.ts'
import { withText } from '../../src/simulation/network.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'
import { NEVER } from './scripted.ts'

/** A vault in memory that writes down what happened to it. */
function memoryVault(events: string[] = []): Vault & { isBroken: boolean } {
  const kept = new Map<string, Readonly<Record<string, string>>>()
  return {
    isBroken: false,
    load: async (name) => kept.get(name) ?? null,
    async save(name, secrets) {
      if (this.isBroken) throw new Error('disk full')
      kept.set(name, secrets)
      events.push(`saved ${secrets['refreshToken'] ?? 'none'}`)
    },
  }
}

/** A platform that uses refresh tokens up: r0 gives a1 and r1, r1 gives a2 and r2, and so on. */
function platform(events: string[] = []) {
  let round = 0
  const failures: ConnectorError[] = []
  return {
    failures,
    get round() {
      return round
    },
    /** Takes effect, and its answer gets lost. */
    loseNext: false,
    async refresh(refreshToken: string | null): Promise<Tokens> {
      events.push(`used ${refreshToken ?? 'none'}`)
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      if (refreshToken !== null && refreshToken !== `r${round}`)
        throw new ConnectorError('invalid', 'invalid_grant')
      round += 1
      return {
        accessToken: `a${round}`,
        refreshToken: refreshToken === null ? null : `r${round}`,
        expiresInSeconds: 1000,
      }
    },
  }
}

function world(options: { readonly firstRefreshToken?: string } = { firstRefreshToken: 'r0' }) {
  const events: string[] = []
  const clock = virtualClock(0)
  const vault = memoryVault(events)
  const there = platform(events)
  const keeper = () =>
    tokenKeeper({
      vault,
      clock,
      name: 'target',
      refresh: (token) => there.refresh(token),
      ...options,
    })
  return { events, clock, vault, there, keeper }
}

describe('a kept login', () => {
  test('asks once for twenty who come at the same time, and saves before anybody gets it', async () => {
    const { events, keeper, there } = world()
    const kept = keeper()
    const tokens = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const token = await kept.token(NEVER)
        events.push(`got ${token}`)
        return token
      }),
    )
    expect(new Set(tokens)).toEqual(new Set(['a1']))
    expect(there.round).toBe(1)
    expect(events.slice(0, 3)).toEqual(['used r0', 'saved r1', 'got a1'])
  })

  test('renews at four fifths of its life, with the new refresh token', async () => {
    const { clock, keeper, events } = world()
    const kept = keeper()
    await kept.token(NEVER)
    await clock.advance(799_999)
    expect(await kept.token(NEVER)).toBe('a1')
    await clock.advance(1)
    expect(await kept.token(NEVER)).toBe('a2')
    expect(events).toEqual(['used r0', 'saved r1', 'used r1', 'saved r2'])
  })

  test('goes on after a crash between saving and using it', async () => {
    const { keeper, there, clock } = world()
    await keeper().token(NEVER)
    expect(await keeper().token(NEVER)).toBe('a1')
    await clock.advance(900_000)
    expect(await keeper().token(NEVER)).toBe('a2')
    expect(there.round).toBe(2)
  })

  test('does not lose the only good refresh token when the vault fails', async () => {
    const { keeper, vault, there } = world()
    const kept = keeper()
    vault.isBroken = true
    await expect(kept.token(NEVER)).rejects.toThrow('disk full')
    vault.isBroken = false
    expect(await kept.token(NEVER)).toBe('a1')
    expect(there.round).toBe(1)
    expect(await vault.load('target')).toMatchObject({ refreshToken: 'r1' })
  })

  test('tries a renewal whose answer got lost once more, with the same refresh token', async () => {
    const { keeper, there, events } = world()
    there.failures.push(new ConnectorError('unknown', 'reset'))
    expect(await keeper().token(NEVER)).toBe('a1')
    expect(events).toEqual(['used r0', 'used r0', 'saved r1'])
  })

  test('uses the old token to its end while the platform cannot be reached, and not beyond', async () => {
    const { keeper, there, clock } = world()
    const kept = keeper()
    await kept.token(NEVER)
    await clock.advance(800_000)
    const down = () => new ConnectorError('unreachable', 'refused')
    there.failures.push(down(), down())
    expect(await kept.token(NEVER)).toBe('a1')
    await clock.advance(200_000)
    there.failures.push(down(), down())
    await expect(kept.token(NEVER)).rejects.toMatchObject({ kind: 'unreachable' })
    expect(await kept.token(NEVER)).toBe('a2')
  })

  test('tells that a person must authorise again when the refresh token is refused, without repeating it', async () => {
    const { keeper, clock, events } = world({ firstRefreshToken: 'revoked' })
    await expect(clock.drive(keeper().token(NEVER))).rejects.toMatchObject({
      kind: 'login',
      hint: expect.stringContaining('authorise'),
    })
    expect(events).toEqual(['used revoked'])
  })

  test('takes what another process saved when its own refresh token was used up', async () => {
    const { keeper, clock, there, vault } = world()
    const kept = keeper()
    await kept.token(NEVER)
    await clock.advance(900_000)
    // The other process has its answer, and saves it while we are being refused.
    const others = await there.refresh('r1')
    const before = await vault.load('target')
    const mine = kept.token(NEVER)
    while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve))
    await vault.save('target', {
      ...before,
      accessToken: others.accessToken,
      refreshToken: others.refreshToken ?? '',
      renewAtMs: String(clock.now() + 800_000),
      endsAtMs: String(clock.now() + 1_000_000),
    })
    expect(await clock.drive(mine)).toBe('a2')
  })

  test('begins anew when a person puts another refresh token into the configuration', async () => {
    const { vault, clock, there, keeper } = world()
    await keeper().token(NEVER)
    const anew = tokenKeeper({
      vault,
      clock,
      name: 'target',
      refresh: (token) => there.refresh(token === 'authorised' ? 'r1' : token),
      firstRefreshToken: 'authorised',
    })
    expect(await anew.token(NEVER)).toBe('a2')
  })

  test('works without any refresh token (client credentials)', async () => {
    const { keeper, clock, events, vault } = world({})
    const kept = keeper()
    expect(await kept.token(NEVER)).toBe('a1')
    await clock.advance(800_000)
    expect(await kept.token(NEVER)).toBe('a2')
    expect(events).toEqual(['used none', 'saved none', 'used none', 'saved none'])
    expect(await vault.load('target')).not.toHaveProperty('refreshToken')
  })

  test('renews a token that the platform refused, once, and not for a token refused long ago', async () => {
    const { keeper, there } = world()
    const kept = keeper()
    const first = await kept.token(NEVER)
    kept.drop(first)
    expect(await kept.token(NEVER)).toBe('a2')
    kept.drop(first)
    expect(await kept.token(NEVER)).toBe('a2')
    expect(there.round).toBe(2)
  })

  test('takes the same token again when the platform gives it again', async () => {
    const { vault, clock } = world()
    let asked = 0
    const refresh = async (): Promise<Tokens> => {
      asked += 1
      return { accessToken: 'same', refreshToken: null, expiresInSeconds: 1000 }
    }
    const kept = tokenKeeper({ vault, clock, name: 'target', refresh })
    kept.drop(await kept.token(NEVER))
    for (let n = 0; n < 3; n++) expect(await kept.token(NEVER)).toBe('same')
    expect(asked).toBe(2)
  })

  test('lets one go who is aborted, and serves the others', async () => {
    const { keeper } = world()
    const kept = keeper()
    const stop = new AbortController()
    const why = new Error('enough')
    const gone = kept.token(stop.signal)
    const stays = kept.token(NEVER)
    stop.abort(why)
    await expect(gone).rejects.toBe(why)
    expect(await stays).toBe('a1')
  })
})

describe('the answer of a token endpoint', () => {
  const answer = (status: number, told: unknown): HttpResponse => {
    const body = typeof told === 'string' ? told : JSON.stringify(told)
    return withText({ status, headers: {}, dateMs: null }, body)
  }

  test('is read', () => {
    expect(
      readTokens(answer(200, { access_token: 'a', refresh_token: 'r', expires_in: 86400 })),
    ).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      expiresInSeconds: 86400,
    })
    expect(readTokens(answer(200, { access_token: 'a', expires_in: '60' }))).toMatchObject({
      refreshToken: null,
      expiresInSeconds: 60,
    })
  })

  test.each([
    [400, { error: 'invalid_grant' }, 'login'],
    [401, 'no', 'login'],
    [500, 'oops', 'unknown'],
    [200, '<html>', 'protocol'],
    [200, { access_token: '' }, 'protocol'],
    [200, { access_token: 'a', expires_in: 0 }, 'protocol'],
    [404, {}, 'protocol'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(() => readTokens(answer(status, body))).toThrow(expect.objectContaining({ kind }))
  })
})
