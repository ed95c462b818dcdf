/** The program starts itself anew once, in the place of its process, to have memory outside the heap of JavaScript handed out thriftily. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../bin/ferry.js', import.meta.url))
/** Told by every start of a process. */
const TELLS = `data:text/javascript,console.error(process.pid, process.env.MALLOC_ARENA_MAX)`

async function starts(env: Readonly<Record<string, string>>, hasParent: boolean) {
  const child = spawn(process.execPath, ['--import', TELLS, PROGRAM, '--version'], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: hasParent ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  })
  const [{ stdout, stderr }, [code]] = await Promise.all([said(child), once(child, 'close')])
  const told = stderr.trim().split('\n')
  return { code, stdout, told: told.map((line) => line.replace(String(child.pid), 'itself')) }
}

async function said(child: ReturnType<typeof spawn>) {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('no pipes')
  const [out, err] = await Promise.all([text(stdout), text(stderr)])
  return { stdout: out, stderr: err }
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('once, as the same process, with the same words', async () => {
    const { code, stdout, told } = await starts({}, false)
    expect(told).toEqual(['itself undefined', 'itself 1'])
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  it('not where somebody chose otherwise', async () => {
    expect((await starts({ MALLOC_ARENA_MAX: '4' }, false)).told).toEqual(['itself 4'])
  })

  it('not where a parent talks to it', async () => {
    expect((await starts({}, true)).told).toEqual(['itself undefined'])
  })
})
