import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFlaws, hashOf } from './flaws.ts'
import { parseOptions } from './options.ts'

const flawsOf = (options: object) => createFlaws(parseOptions(options))
const N = 20_000
const share = (holds: (i: number) => boolean): number =>
  Array.from({ length: N }, (_, i) => holds(i)).filter(Boolean).length / N
/** Four standard deviations of a share. */
const near = (found: number, p: number) =>
  assert.ok(Math.abs(found - p) <= 4 * Math.sqrt((p * (1 - p)) / N), `${found} is not ${p}`)

test('each flaw strikes the share that was asked for, whatever the others do', () => {
  const flaws = flawsOf({ lost: 0.02, stale: 0.1, unreachable: 0.3, ghosts: 0.05 })
  near(
    share((id) => flaws.upsert(id, 0, 0).lost),
    0.02,
  )
  near(
    share((id) => flaws.upsert(id, 3, 0).stale),
    0.1,
  )
  near(
    share((version) => flaws.upsert(5, version, 0).unreachable),
    0.3,
  )
  near(
    share((id) => flaws.delete(id, 0).ghost),
    0.05,
  )
  near(
    share((id) => flaws.upsert(id, 0, 0).stale && flaws.upsert(id, 0, 0).unreachable),
    0.03,
  )
})

test('rows are left out of answers independently of each other and of the time asked before', () => {
  const flaws = flawsOf({ missing: 0.1, short: 0.2 })
  near(
    share((id) => flaws.leavesOut({ hash: 7, time: 0 }, id, 0, 0)),
    0.1,
  )
  near(
    share((time) => flaws.leavesOut({ hash: 7, time }, 3, 0, 0)),
    0.1,
  )
  near(
    share((hash) => flaws.leavesEmpty({ hash, time: 0 }, 4)),
    0.2,
  )
  const both = (time: number) => [3, 4].every((id) => flaws.leavesOut({ hash: 7, time }, id, 0, 0))
  near(share(both), 0.01)
})

test('requests fail, turn unknown or go unanswered by their shares; half of the doubtful happen', () => {
  const flaws = flawsOf({ errors: { fail: 0.1, unknown: 0.2 }, timeouts: 0.3 })
  const fates = Array.from({ length: N }, (_, time) => flaws.request({ hash: 1, time }))
  const of = (answer: string) => fates.filter((fate) => fate.answer === answer)
  for (const [answer, p] of [
    ['fail', 0.1],
    ['unknown', 0.2],
    ['none', 0.3],
    ['ok', 0.4],
  ] as const) {
    near(of(answer).length / N, p)
  }
  assert.ok(of('ok').every(({ happens }) => happens))
  assert.ok(of('fail').every(({ happens }) => !happens))
  near(fates.filter(({ answer, happens }) => answer !== 'ok' && happens).length / N, 0.25)
})

test('delays have the quantiles that were asked for', () => {
  const delays = (delay: object) => {
    const flaws = flawsOf({ delay })
    return Array.from({ length: N }, (_, id) => flaws.upsert(id, 0, 0).delay).sort((a, b) => a - b)
  }
  assert.deepEqual(new Set(delays({ fixed: 2.5 })), new Set([2500]))
  const lognormal = delays({ lognormal: { p50: 20, p99: 200 } })
  near(lognormal.filter((delay) => delay <= 20_000).length / N, 0.5)
  near(lognormal.filter((delay) => delay <= 200_000).length / N, 0.99)
  const bimodal = delays({ bimodal: { fast: 1, slow: 50, share: 0.1 } })
  near(bimodal.filter((delay) => delay === 50_000).length / N, 0.1)
  near(bimodal.filter((delay) => delay === 1000).length / N, 0.9)
})

test('the same seed draws the same, another seed draws otherwise', () => {
  const draw = (seed: number) => {
    const flaws = flawsOf({ seed, lost: 0.5, delay: { lognormal: { p50: 1, p99: 9 } } })
    return Array.from({ length: 50 }, (_, id) => flaws.upsert(id, 0, 0))
  }
  assert.deepEqual(draw(1), draw(1))
  assert.notDeepEqual(draw(1), draw(2))
})

test('a hash tells apart vectors that differ in one number, even by sign alone', () => {
  const vector = Float32Array.from({ length: 128 }, (_, i) => i + 1)
  const hashes = new Set<number>()
  for (let i = 0; i < 128; i++) {
    for (let j = 0; j < i; j++) {
      const other = vector.slice()
      other[i]! *= -1
      other[j]! *= -1
      hashes.add(hashOf(new Uint8Array(other.buffer)))
    }
  }
  assert.ok(hashes.size >= (128 * 127) / 2 - 2)
})
