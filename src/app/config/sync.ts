/** Reads one entry of `syncs`: two connections that exist, a mapping, policies, limits, a schedule that comes up. */
import type { FieldRule } from '../../mapping/mapping.ts'
import { didYouMean } from '../../mapping/nearest.ts'
import { readMapping, readOverrides } from '../../mapping/parse.ts'
import type { Locate, Place } from '../../mapping/problem.ts'
import { DEFAULT_GUARDS, type GuardLimits } from '../../plan/guard.ts'
import { faultOf } from '../schedule-ticks.ts'
import type { Report } from './report.ts'
import type { WrittenSync } from './schema.ts'
import type { MappingChoice, SyncConfig } from './settings.ts'

export interface SyncContext {
  /** Names of all connections, also of those that have problems of their own. */
  readonly connections: readonly string[]
  readonly report: Report
  readonly locate: Locate
}

/** null: there is a problem, which was reported. */
export function readSync(
  name: string,
  written: WrittenSync,
  context: SyncContext,
): SyncConfig | null {
  const { report, connections } = context
  const at = ['syncs', name]
  const before = report.count()
  for (const side of ['from', 'to'] as const) {
    if (connections.includes(written[side])) continue
    const message = `there is no connection "${written[side]}"`
    report.add([...at, side], message, didYouMean(written[side], connections))
  }
  if (written.from === written.to && connections.includes(written.from)) {
    const message = `"${written.to}" stands on both sides`
    report.add([...at, 'to'], message, 'a sync needs two different connections')
  }
  if (written.schedule !== undefined) checkSchedule(written.schedule, [...at, 'schedule'], report)
  const mapping = choose(written, at, context)
  const fields = overrides(written, at, context)
  if (report.count() > before || mapping === null) return null
  const direction = written.direction ?? 'one-way'
  return {
    name,
    from: written.from,
    to: written.to,
    direction,
    mapping,
    fields,
    match: written.match ?? ['link', 'email'],
    deletes: written.deletes ?? 'ignore',
    // A one-way sync has a master; where both may speak, nobody is overruled without being asked.
    conflicts: written.conflicts ?? (direction === 'two-way' ? 'hold' : 'from'),
    schedule: written.schedule ?? null,
    guards: guardsOf(written.guards),
  }
}

function checkSchedule(pattern: string, at: Place, report: Report): void {
  const fault = faultOf(pattern)
  if (fault !== null) report.add(at, fault.message, fault.hint)
}

function choose(written: WrittenSync, at: Place, context: SyncContext): MappingChoice | null {
  const { mapping } = written
  if (mapping === undefined) return { kind: 'default' }
  if (typeof mapping === 'string') {
    const isPath = /[\\/]|\.ya?ml$/.test(mapping)
    return isPath ? { kind: 'file', path: mapping } : { kind: 'name', name: mapping }
  }
  const standing = { at: [...at, 'mapping'], locate: context.locate }
  const read = readMapping(mapping, `inline of ${at[1]}`, standing)
  context.report.take(read.problems)
  return read.value === null ? null : { kind: 'inline', mapping: read.value }
}

function overrides(written: WrittenSync, at: Place, context: SyncContext): readonly FieldRule[] {
  if (written.fields === undefined) return []
  const read = readOverrides(written.fields, { at: [...at, 'fields'], locate: context.locate })
  context.report.take(read.problems)
  return read.value ?? []
}

function guardsOf(written: WrittenSync['guards']): GuardLimits {
  const given = Object.entries(written ?? {}).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_GUARDS, ...Object.fromEntries(given) }
}
