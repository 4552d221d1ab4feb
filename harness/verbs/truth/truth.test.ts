import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fakeDataset } from '../../compile/dataset.fixture.ts'
import type { RunbookStep } from '../../model/index.ts'
import { departureOf } from './agree.ts'
import { exactOf } from './exact.ts'
import { agreementLines, agreementOf } from './given.ts'
import { stepLines, stepTruths } from './steps.ts'

const dir = mkdtempSync(join(tmpdir(), 'driftmark-truth-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const LINE = [0, 1, 2, 3, 4, 4].map((x) => Float32Array.of(x, 1))
const exact = (metric: 'l2' | 'cosine' | 'ip', query: readonly number[], depth = 3) =>
  exactOf(metric, [0, 1, 2, 3, 4, 5], (id) => LINE[id]!, [Float32Array.from(query)], depth)[0]!

test('the nearest of six rows on a line, an eye can check', () => {
  const l2 = exact('l2', [3, 1])
  assert.deepEqual(
    [[...l2.id], [...l2.distance]],
    [
      [3, 2, 4],
      [0, 1, 1],
    ],
  )
  assert.deepEqual([...exact('ip', [1, 0]).id], [4, 5, 3])
  assert.deepEqual([...exact('cosine', [0, 2]).id], [0, 1, 2])
  assert.deepEqual([...exact('l2', [0, 1], 9).id], [0, 1, 2, 3, 4, 5])
})

test('ties may stand in any order; a farther row, a stranger, a repeat and a wrong distance may not', () => {
  const truth = exact('l2', [3, 1], 4)
  const distance = (id: number): number => (LINE[id] ? (LINE[id][0]! - 3) ** 2 : Number.NaN)
  const of = (ids: readonly number[], told?: readonly number[]) =>
    departureOf(truth, ids, distance, told)
  assert.equal(of([3, 5, 4, 2]), null)
  assert.equal(of([3, 2, 4, 5], [0, 1, 1, 1]), null)
  assert.deepEqual(of([3, 1, 2, 4]), { place: 1, why: 'row 1 at distance 4, exact is row 2 at 1' })
  assert.deepEqual(of([3, 9, 2, 4]), { place: 1, why: 'row 9 is not there' })
  assert.deepEqual(of([3, 4, 4, 5]), { place: 2, why: 'row 4 comes twice' })
  const said = { place: 2, why: 'row 4 is said to be at 1.01, and is at 1' }
  assert.deepEqual(of([3, 2, 4, 5], [0, 1, 1.01, 1]), said)
  assert.equal(of([3, 2, 4, 5], [0, 1, 1, Number.NaN])?.place, 3)
})

const dataset = fakeDataset({ rows: 30, dimensions: [4], queries: 3 })
const { vectors, queries } = dataset.models[0]!
const STEPS: readonly RunbookStep[] = [
  { do: 'insert', start: 0, end: 20 },
  { do: 'search' },
  { do: 'replace', start: 0, end: 5, from: 25 },
  { do: 'delete', start: 10, end: 20 },
  { do: 'search' },
]
/** Tag → row at the two search steps. */
const AT: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  2: Array.from({ length: 20 }, (_, i) => [i, i]),
  5: Array.from({ length: 10 }, (_, i) => [i, i < 5 ? 25 + i : i]),
}

/** Writes the truth of a step by sorting everything; `change` damages the ids of query 1. */
const write = (
  step: number,
  width = 4,
  change = (ids: number[]): number[] => ids,
  leave: number | null = null,
): void => {
  const lists = [0, 1, 2].map((query) => {
    const q = queries.at(query).slice()
    const kept = AT[step]!.filter(([tag]) => tag !== leave)
    const all = kept.map(([tag, row]) => {
      const distance = vectors.at(row).reduce((sum, x, i) => sum + (x - q[i]!) ** 2, 0)
      return { tag, distance }
    })
    return all.sort((a, b) => a.distance - b.distance).slice(0, width)
  })
  const ids = lists.flatMap((list, query) => {
    const tags = list.map(({ tag }) => tag)
    return query === 1 ? change(tags) : tags
  })
  const head = Uint32Array.of(3, width)
  const distances = Float32Array.from(lists.flat(), ({ distance }) => distance)
  const parts = [head, Uint32Array.from(ids), distances].map(({ buffer }) => Buffer.from(buffer))
  writeFileSync(join(dir, `step${step}.gt100`), Buffer.concat(parts))
  const tags = Uint32Array.of(AT[step]!.length, 1, ...AT[step]!.map(([tag]) => tag))
  writeFileSync(join(dir, `step${step}.tags`), Buffer.from(tags.buffer))
}

const lines = (): readonly string[] =>
  stepLines(stepTruths(dir, { steps: STEPS, dataset, metric: 'l2', sample: 10 }))

test('truth of a runbook agrees by tags after replace and delete; what departs is told with step, query, place', () => {
  write(2)
  assert.match(
    lines().join('\n'),
    /agrees, 3 queries in 4 places\nstep 5: there is no .*step5\.gt100/,
  )
  write(5)
  assert.deepEqual(
    lines().map((line) => line.replace(/:.*/, '')),
    ['step 2', 'step 5'],
  )
  write(5, 4, ([a, b, ...rest]) => [b!, a!, ...rest])
  assert.match(
    lines()[2]!,
    /^ {2}step 5, query 1, place 0: row \d at distance [\d.]+, exact is row \d at/,
  )
  write(5, 4, ([, ...rest]) => [15, ...rest])
  assert.match(lines()[2]!, /step 5, query 1, place 0: row 15 is not there/)
  write(5)
  writeFileSync(join(dir, 'step5.tags'), Buffer.from(Uint32Array.of(2, 1, 3, 11).buffer))
  assert.match(lines()[2]!, /step 5, tags, place 1: tag 11 is not there at this step/)
  writeFileSync(join(dir, 'step5.tags'), Buffer.from(Uint32Array.of(2, 1, 3, 4).buffer))
  assert.match(lines()[2]!, /tags: tag 0 is there at this step, and not listed/)
})

test('a list that leaves tag 0 out, as the reference tool writes it, agrees, and it is told', () => {
  write(2, 20)
  write(5, 10, (ids) => ids)
  assert.match(lines()[0]!, /^step 2: the given truth agrees, 3 queries in 20 places$/)
  write(5, 9)
  const list = stepTruths(dir, { steps: STEPS, dataset, metric: 'l2', sample: 10 })
  const before = list[1]!.withoutZero
  write(5, 9, (ids) => ids, 0)
  const [, second] = stepTruths(dir, { steps: STEPS, dataset, metric: 'l2', sample: 10 })
  assert.deepEqual([before, second!.departures], [0, []])
  assert.ok(second!.withoutZero > 0)
})

test('a truth file that is cut short, or answers other queries, is refused with the byte', () => {
  write(5)
  writeFileSync(join(dir, 'step2.gt100'), Buffer.from(Uint32Array.of(3, 4, 1).buffer))
  assert.throws(
    lines,
    /step2\.gt100 is refused at byte 12: its counts ask for 104 bytes, and it has 12/,
  )
  writeFileSync(join(dir, 'step2.gt100'), Buffer.from(Uint32Array.of(1, 1, 0, 0).buffer))
  assert.throws(lines, /it answers 1 queries, and there are 3/)
  writeFileSync(join(dir, 'step2.gt100'), Buffer.of(1))
  assert.throws(lines, /refused at byte 1: it ends before its two counts do/)
  const none = { steps: STEPS, dataset, metric: 'l2', sample: 1 } as const
  assert.throws(() => stepTruths(join(dir, 'none'), none), /there is no .*step2\.gt100/)
})

test('the neighbours that a dataset gives are held against exact search', () => {
  const values = Int32Array.from(
    [0, 1, 2].flatMap((query) => {
      const q = queries.at(query).slice()
      const rows = Array.from({ length: 30 }, (_, row) => row)
      return [...exactOf('l2', rows, vectors.at, [q], 5)[0]!.id]
    }),
  )
  const packed = {
    dataset,
    metric: null,
    note: null,
    neighbours: () => ({ count: 3, width: 5, values }),
  }
  assert.deepEqual(agreementOf(packed, 'l2', 10)!.departures, [])
  values[7] = values[6]!
  const [first, second] = agreementLines(agreementOf(packed, 'l2', 10)!)
  assert.match(first!, /2 of 3 queries agree with exact search in all 5 places/)
  assert.match(second!, /query 1, place 2: row \d+ comes twice/)
})
