/** Records of a plan, with people who mean harm. */
import { remoteId } from '../../src/model/id.ts'
import type { Op } from '../../src/plan/op.ts'
import type { PlanRecord } from '../../src/report/plan-record.ts'

export const EVIL = `</script><script>alert(1)</script><img src=x onerror=alert(1)> "'&\u202e`
export const FORMULA = '=HYPERLINK("http://evil.example","click")'

export function record(seq: number, more: Partial<Op> = {}): PlanRecord {
  return {
    state: 'planned',
    attempts: 0,
    outcome: null,
    op: {
      seq,
      bucket: 'update',
      writes: 'to',
      fromId: remoteId(String(1_000 + seq)),
      toId: remoteId(String(2_000 + seq)),
      label: `Anna Bauer <anna${seq}@example.com>`,
      fields: [],
      tags: { add: [], remove: [] },
      groups: { add: [], remove: [] },
      consents: [],
      losses: [],
      held: [],
      risk: 'fill',
      cause: 'the source changed',
      hint: '',
      candidates: [],
      marker: null,
      email: `anna${seq}@example.com`,
      base: null,
      ...more,
    },
  }
}

export const HOSTILE_RECORD = record(1, {
  label: EVIL,
  fields: [
    {
      path: 'familyName',
      before: 'Bauer',
      after: EVIL,
      risk: 'overwrite',
      why: 'LastName -> lastname',
    },
    { path: 'company', after: FORMULA, risk: 'fill', why: 'Company -> company' },
    { path: 'notes', before: null, after: ['one', 'two'], risk: 'fill', why: 'notes' },
  ],
  tags: { add: ['new:@SUM(A1)'], remove: ['7'] },
  consents: [
    {
      channel: 'email',
      address: 'anna@example.com',
      state: 'refused',
      reason: 'told us by phone',
      scope: null,
      since: null,
    },
  ],
  losses: [{ field: 'tags', cause: 'begins with a minus', before: '-20 %', after: null }],
  held: [{ path: 'birthday', from: '1970-01-01', to: undefined }],
  candidates: [remoteId('77')],
  cause: 'two people share anna@example.com',
})
