/** `ferry serve` as it is started and stopped. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { startFerry } from '../cli/ferry.ts'

const cwd = mkdtempSync(join(tmpdir(), 'ferry-serve-'))
writeFileSync(join(cwd, 'people.csv'), 'Email,First name\nanna@example.com,Anna\n')
writeFileSync(
  join(cwd, 'ferry.yaml'),
  `version: 1
connections:
  here: { platform: file, path: ./people.csv }
  there: { platform: file, path: ./others.csv }
syncs:
  move: { from: here, to: there }
`,
)
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const options = { env: {}, secrets: [], cwd }

it('prints an address as data, too, and ends when it is interrupted', async () => {
  const running = startFerry(['serve', '--port', '0', '--json'], options)
  await running.says('"url"')
  running.interrupt()
  const end = await running.ended
  expect(end.code).toBe(0)
  const url = String(end.json()['url'])
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
  await expect(fetch(url)).rejects.toThrow()
})

it('serves its pages while it runs', async () => {
  const running = startFerry(['serve', '--port', '0'], options)
  await running.says('Stop with Ctrl-C')
  const [url = ''] = /http:\S+/.exec(running.printed()) ?? []
  const entered = await fetch(url, { redirect: 'manual' })
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const home = await fetch(new URL('/', url), { headers: { cookie } })
  expect(home.status).toBe(200)
  expect(await home.text()).toContain('ferry plan move')
  running.interrupt()
  expect((await running.ended).code).toBe(0)
})

it('on a port that is taken says what to do', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  const end = await startFerry(['serve', '--port', String(port)], options).ended
  taken.close()
  expect(end.code).toBe(2)
  expect(end.stderr).toContain('--port 0')
})
