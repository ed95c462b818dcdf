import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { QUEUE_TIMING } from '../../src/runner/queued/timing.ts'

const SERVICE = z.object({
  image: z.string(),
  ports: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  profiles: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
})
const COMPOSE = z.object({ services: z.record(z.string(), SERVICE) })
const text = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
const { services } = COMPOSE.parse(parse(text))

test('every image has a pinned major version', () => {
  for (const { image } of Object.values(services)) expect(image).toMatch(/^[a-z]+:\d+(-[a-z]+)?$/)
})

test('nothing listens beyond this machine, and what is waited for can say that it is ready', () => {
  for (const [name, { ports, healthcheck }] of Object.entries(services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(healthcheck !== undefined).toBe(name !== 'worker' && name !== 'scheduler')
  }
})

test('passwords come from outside, and without one nothing starts', () => {
  const passwords = [...text.matchAll(/\$\{(\w+_PASSWORD)(:\?[^}]*)?\}/g)]
  expect(passwords.length).toBeGreaterThan(3)
  for (const [, name, refusal] of passwords) expect([name, refusal]).toEqual([name, ':?set it'])
  for (const { environment } of Object.values(services))
    for (const value of Object.values(environment)) expect(value).not.toMatch(/:\/\/[^$@]*:\w+@/)
})

test.each(['worker', 'scheduler'])(
  'a %s is given the time to finish what it has in hand',
  (name) => {
    const grace = Number.parseInt(services[name]?.stop_grace_period ?? '', 10)
    expect(grace * 1_000).toBeGreaterThan(QUEUE_TIMING.graceMs)
    expect(services[name]?.profiles).toEqual([name])
  },
)
