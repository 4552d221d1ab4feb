import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lossFindings } from './blame.ts'
import { type Flawed, type Logged, playFlawed, type Why } from './engine.fixture.ts'
import type { Packed } from './packed.ts'
import { runOf } from './run.fixture.ts'
import { judgeSearches } from './searches.ts'
import { viewOf } from './view.ts'

/**
 * Loss by cause held against the log of an engine that errs in several ways at once and knows for every missing neighbour why it
 * is missing.
 */

const SEVERAL: Flawed = {
  delay: (rng) => {
    const chance = rng.uniform()
    if (chance < 0.03) return Infinity
    return chance < 0.7 ? 1 : 100 + rng.exponential() * 600
  },
  removal: (rng) => (rng.uniform() < 0.3 ? Infinity : 1 + rng.exponential() * 200),
  miss: () => 0.05,
  empty: 0.02,
  probed: 1,
}
const CLOSE = 1e-9
const countOf = ({ missed }: Logged, ...whys: readonly Why[]): number =>
  missed.filter(({ why }) => whys.includes(why)).length

const played = (seed: number, flaws: Flawed) => {
  const { literal, probed, log } = playFlawed(seed, flaws)
  const view = viewOf(runOf(literal))
  return { view, probed, log, table: judgeSearches(view, probed) }
}

/** Blamed on a cause in search s, in neighbours. */
const blamedOn = (share: Packed, s: number, { neighbours }: Logged): number =>
  share.at(s) * neighbours
const same = (found: number, known: number, what: string): void =>
  assert.ok(Math.abs(found - known) < CLOSE, `${what}: ${found}, the engine knows of ${known}`)

test('where no place stayed empty every missing neighbour has its cause, search by search', () => {
  const seen = { crowdedOut: 0, late: 0, index: 0 }
  for (let seed = 0; seed < 12; seed++) {
    const { log, table } = played(seed, { ...SEVERAL, empty: 0 })
    log.forEach((known, s) => {
      const where = `run ${seed}, search ${s}`
      same(1 - table.high[s]!, known.missed.length / known.neighbours, `${where}, missing`)
      const crowded = countOf(known, 'crowdedOut')
      const late = countOf(known, 'late', 'lost')
      const low = blamedOn(table.freshLow, s, known)
      const high = blamedOn(table.freshHigh, s, known)
      same(table.shortLoss.at(s), 0, `${where}, short`)
      same(blamedOn(table.crowdedOut, s, known), crowded, `${where}, crowded out`)
      same(high + blamedOn(table.index, s, known), late + countOf(known, 'index'), `${where}, own`)
      assert.ok(low - CLOSE <= late && late <= high + CLOSE, `${where}: ${low} ${late} ${high}`)
      seen.crowdedOut += crowded
      seen.late += late
      seen.index += countOf(known, 'index')
    })
  }
  assert.ok(seen.crowdedOut > 300 && seen.late > 300 && seen.index > 300, JSON.stringify(seen))
})

test('empty places count first, and exactly; over a run each cause is what the engine knows, to a hundredth of a neighbour', () => {
  for (let seed = 0; seed < 10; seed++) {
    const { log, table } = played(seed, SEVERAL)
    const off = { crowdedOut: 0, high: 0, low: 0 }
    log.forEach((known, s) => {
      const short = Math.min(known.missed.length, known.empty)
      same(blamedOn(table.shortLoss, s, known), short, `run ${seed}, search ${s}, short`)
      off.crowdedOut += table.crowdedOut.at(s) - countOf(known, 'crowdedOut') / known.neighbours
      const late = countOf(known, 'late', 'lost') / known.neighbours
      off.high += table.freshHigh.at(s) - late
      off.low += table.freshLow.at(s) - late
    })
    const mean = (sum: number): number => sum / log.length
    assert.ok(Math.abs(mean(off.crowdedOut)) < 0.01, `run ${seed}: ${JSON.stringify(off)}`)
    assert.ok(mean(off.low) < 0.01 && mean(off.high) > -0.01, `run ${seed}: ${JSON.stringify(off)}`)
  }
})

const ENGINES: Readonly<Record<string, Flawed>> = {
  'several causes at once': { ...SEVERAL, empty: 0, probed: 0.2 },
  'a perfect index whose rows come late': {
    ...SEVERAL,
    delay: (rng) => (rng.uniform() < 0.85 ? 1 : 100 + rng.exponential() * 600),
    miss: () => 0,
    empty: 0,
    probed: 0.2,
  },
  'an index that misses one in ten, and rows at once': {
    ...SEVERAL,
    delay: () => 1,
    miss: () => 0.1,
    empty: 0,
    probed: 0.2,
  },
}

for (const [name, flaws] of Object.entries(ENGINES)) {
  test(`${name}: with one write in five probed, the interval holds what was not yet visible`, () => {
    const RUNS = 20
    let held = 0
    let withheld = 0
    let found = 0
    let known = 0
    for (let seed = 0; seed < RUNS; seed++) {
      const { log, table } = played(seed, flaws)
      const { notYetVisible, index } = lossFindings(table, [...table.op.keys()], true)
      const truth = log.reduce(
        (sum, one) => sum + countOf(one, 'late', 'lost') / one.neighbours / log.length,
        0,
      )
      const [low, high] = notYetVisible.ci95!
      if (low === null || high === null) withheld++
      else if (low - CLOSE <= truth && truth <= high + CLOSE) held++
      found += (notYetVisible.low! + notYetVisible.high!) / 2
      known += truth
      assert.ok(index! >= 0)
    }
    const claimed = RUNS - withheld
    assert.ok(claimed >= RUNS / 4 && held >= claimed - 3, `${held} of ${claimed}`)
    assert.ok(Math.abs(found - known) <= 0.1 * known + 1e-9, `${found} for ${known}`)
  })
}

test('the share of rows lost is told apart where the look-up proves it', () => {
  const { log, table } = played(1, { ...SEVERAL, empty: 0 })
  log.forEach((known, s) => {
    same(blamedOn(table.lost, s, known), countOf(known, 'lost'), `search ${s}, lost`)
  })
})
