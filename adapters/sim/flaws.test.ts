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

test('what no search finds does not flicker; what is a ghost does not return', () => {
  const flaws = flawsOf({
    unreachable: 0.5,
    flicker: { share: 0.4, after: 1, for: 2 },
    ghosts: 0.5,
    returns: { share: 0.4, after: 3 },
  })
  const upserts = Array.from({ length: N }, (_, id) => flaws.upsert(id, 0, 0))
  assert.ok(upserts.every(({ unreachable, flicker }) => !(unreachable && flicker)))
  near(upserts.filter(({ flicker }) => flicker).length / N, 0.2)
  assert.deepEqual(upserts.find(({ flicker }) => flicker)!.flicker, { after: 1000, for: 2000 })
  const deletes = Array.from({ length: N }, (_, id) => flaws.delete(id, 0))
  assert.ok(deletes.every(({ ghost, returns }) => !(ghost && returns !== null)))
  near(deletes.filter(({ returns }) => returns === 3000).length / N, 0.2)
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

test('a growing delay is base + perWrite for each recent write', () => {
  const flaws = flawsOf({ delay: { growing: { base: 3, perWrite: 0.5 } } })
  const delays = [0, 1, 200].map((recent) => flaws.upsert(7, 0, recent).delay)
  assert.deepEqual(delays, [3000, 3500, 103_000])
})

test('copies, drawn orders and late answers strike by their shares', () => {
  const flaws = flawsOf({ duplicates: 0.1, shuffled: 0.2, late: { share: 0.3, by: 2 } })
  near(
    share((time) => flaws.repeats({ hash: 7, time }, 3)),
    0.1,
  )
  near(
    share((time) => flaws.order({ hash: 7, time }, 5) !== null),
    0.2,
  )
  near(
    share((time) => flaws.request({ hash: 7, time }).late === 2000),
    0.3,
  )
})

test('a drawn order is a permutation, each place as likely as the next', () => {
  const flaws = flawsOf({ shuffled: 1 })
  const orders = Array.from({ length: N }, (_, time) => flaws.order({ hash: 7, time }, 4)!)
  assert.ok(orders.every((order) => [...order].sort().join() === '0,1,2,3'))
  for (let place = 0; place < 4; place++) {
    near(orders.filter((order) => order[place] === 0).length / N, 0.25)
  }
})

test('missing rows grow with turnover', () => {
  const flaws = flawsOf({ missing: 0.1, missingPerTurnover: 0.4 })
  near(
    share((time) => flaws.leavesOut({ hash: 7, time }, 3, 0, 0.5)),
    0.3,
  )
  assert.ok(flaws.leavesOut({ hash: 7, time: 0 }, 3, 0, 3))
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
