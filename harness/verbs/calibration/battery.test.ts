import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseOptions } from '../../../adapters/sim/options.ts'
import { lengthOf, scenarioOf } from './battery.ts'
import { CASES } from './cases/index.ts'
import { lineOf, orderStatistic } from './line.ts'
import { summary, tallyOf } from './table.ts'

test('every case is a scenario and a sim that can be started, in both lengths, under a name of its own', () => {
  assert.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length)
  for (const known of CASES) {
    parseOptions(known.flaws)
    scenarioOf(known, false)
    assert.ok(lengthOf(known, true) >= lengthOf(known, false), known.name)
  }
})

test('the default battery is planned to send for less than a minute', () => {
  const timed = CASES.filter(({ timeless }) => !timeless)
  const others = CASES.filter(({ timeless }) => timeless)
  const total = (cases: typeof CASES) =>
    cases.reduce((sum, known) => sum + lengthOf(known, false), 0)
  const longest = Math.max(...others.map((known) => lengthOf(known, false)))
  assert.ok(total(timed) + Math.max(longest, total(others) / 2) < 50)
})

test('docs/calibration.md names its command first, and shows every case', () => {
  const page = readFileSync('docs/calibration.md', 'utf8')
  assert.match(page, /^# Calibration\n\nPrinted by `npm run --silent driftmark -- calibrate [^`]*`/)
  for (const { name, about, proves, flaws } of CASES) {
    const section = page.split(`\n## ${name}\n`)[1]?.split('\n## ')[0]
    assert.ok(section, `docs/calibration.md has no case ${name}: print it again`)
    for (const text of [about, proves, JSON.stringify(flaws), `--case ${name}`, '| claimed |']) {
      assert.ok(section.includes(text), `docs/calibration.md, ${name}: ${text}`)
    }
  }
})

test('a claim about nothing never holds; only what may be the machine is excused', () => {
  const claim = { what: '', claimed: '', measured: '', allowed: '' }
  assert.equal(lineOf({ ...claim, n: 0, holds: true }).holds, null)
  assert.equal(lineOf({ ...claim, n: 0, holds: false }).holds, false)
  assert.equal(lineOf({ ...claim, n: 1, holds: true, excuse: 'slow' }).holds, true)
  assert.equal(lineOf({ ...claim, n: 1, holds: false, excuse: null }).holds, false)
  assert.equal(lineOf({ ...claim, n: 1, holds: false, excuse: 'slow' }).holds, null)
})

test('the tally counts each line once', () => {
  const claim = { what: '', claimed: '', measured: '', allowed: '' }
  const lines = [true, true, false, null].map((holds) => ({ ...claim, holds }))
  const tally = tallyOf([{ name: 'a', about: '', lines }])
  assert.deepEqual(tally, { lines: 4, outside: 1, unsure: 1 })
  assert.match(summary(tally), /^2 of 4 claims hold, 1 OUTSIDE, 1 unsure/)
})

test('Q_p of n is the ⌈p·n⌉-th', () => {
  assert.equal(orderStatistic([4, 1, 3, 2], 500), 2)
  assert.equal(orderStatistic([4, 1, 3, 2], 990), 4)
  assert.ok(Number.isNaN(orderStatistic([], 500)))
})
