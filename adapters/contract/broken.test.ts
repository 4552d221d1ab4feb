import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTRACT, runContract } from '../contract.ts'
import { CONDUCT } from './broken/conduct.fixture.ts'
import { REQUESTS } from './broken/requests.fixture.ts'
import { elsewhere } from './elsewhere.ts'
import { wire } from './wire.ts'

const clock = { now: () => performance.now() * 1000 }

for (const [flaw, rule, adapter] of [...REQUESTS, ...CONDUCT]) {
  test(`an adapter that ${flaw} fails in: ${rule}`, async (t) => {
    const cases = CONTRACT.filter(({ name }) => name === rule)
    assert.equal(cases.length, 1, 'there is no such case')
    for await (const result of runContract(adapter, null, { clock, cases, patience: 300 })) {
      assert.equal(result.outcome, 'failed', result.detail)
      t.diagnostic(result.detail)
    }
  })
}

test('every case has a broken adapter that it rejects', () => {
  const rejecting = new Set([...REQUESTS, ...CONDUCT].map(([, rule]) => rule))
  assert.deepEqual(
    CONTRACT.map(({ name }) => name).filter((name) => !rejecting.has(name)),
    [
      // Needs a server to kill: contract.test.ts.
      'a write that meets a killed server is unknown',
      // Need a wire to tap and a second process: harness/verbs/cheats.live.test.ts.
      ...[...wire, ...elsewhere].map(({ name }) => name),
    ],
  )
})
