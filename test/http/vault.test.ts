import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { fileVault } from '../../src/http/vault.ts'
import { virtualClock } from '../../src/simulation/virtual-clock.ts'

describe('a vault in a file', () => {
  let place = ''
  let path = ''
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'vault-'))
    path = join(place, 'private', 'vault.json')
  })
  afterEach(() => rm(place, { recursive: true }))

  test('knows nothing at first, and afterwards what was saved, also when it is opened anew', async () => {
    const vault = fileVault(path)
    expect(await vault.load('target')).toBeNull()
    await vault.save('target', { token: 'a' })
    await vault.save('other', { token: 'b' })
    await vault.save('target', { token: 'c', more: 'd' })
    expect(await fileVault(path).load('target')).toEqual({ token: 'c', more: 'd' })
    expect(await fileVault(path).load('other')).toEqual({ token: 'b' })
  })

  test('is private: the file 0600, its folder 0700, and nothing else is left in it', async () => {
    await fileVault(path).save('target', { token: 'a' })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(place, 'private'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(place, 'private'))).toEqual(['vault.json'])
  })

  test('loses nothing when many save at once, through two doors', async () => {
    const doors = [fileVault(path), fileVault(path)]
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => doors[n % 2]?.save(`name ${n}`, { n: String(n) })),
    )
    for (let n = 0; n < 20; n++)
      expect(await fileVault(path).load(`name ${n}`)).toEqual({ n: String(n) })
  })

  test('refuses a file that others can read', async () => {
    await fileVault(path).save('target', { token: 'a' })
    await chmod(path, 0o644)
    await expect(fileVault(path).load('target')).rejects.toMatchObject({
      kind: 'permission',
      hint: expect.stringContaining('chmod 600'),
    })
  })

  test('refuses to save over something that is no vault, and does not quote it', async () => {
    await fileVault(path).save('target', { token: 'a' })
    await writeFile(path, '{"target": {"token": "s3cret"')
    const error: unknown = await fileVault(path)
      .save('x', {})
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ kind: 'permission' })
    expect(String(error)).not.toContain('s3cret')
    expect(await readdir(join(place, 'private'))).toEqual(['vault.json'])
  })

  test('goes on after a save that failed', async () => {
    const vault = fileVault(path)
    await vault.save('target', { token: 'a' })
    await chmod(path, 0o666)
    await expect(vault.save('target', { token: 'b' })).rejects.toMatchObject({ kind: 'permission' })
    await chmod(path, 0o600)
    await vault.save('target', { token: 'c' })
    expect(await vault.load('target')).toEqual({ token: 'c' })
  })

  test('takes over the lock of a dead process, and waits for a living one', async () => {
    const clock = virtualClock(0)
    const vault = fileVault(path, clock)
    await vault.save('target', { token: 'a' })
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    await writeFile(`${path}.lock`, String(dead))
    await clock.drive(vault.save('target', { token: 'b' }))
    expect(await vault.load('target')).toEqual({ token: 'b' })

    await writeFile(`${path}.lock`, String(process.pid))
    await expect(clock.drive(vault.save('target', { token: 'c' }))).rejects.toMatchObject({
      kind: 'permission',
      message: expect.stringContaining(`held by process ${process.pid}`),
    })
    const waiting = vault.save('target', { token: 'd' })
    while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve))
    await rm(`${path}.lock`)
    await clock.drive(waiting)
    expect(await vault.load('target')).toEqual({ token: 'd' })
    expect(await readdir(join(place, 'private'))).toEqual(['vault.json'])
  })
})
