import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { viewOf } from '../../analysis/index.ts'
import {
  type OpLiteral,
  type RunLiteral,
  remove,
  runOf,
  search,
  upsert,
} from '../../analysis/run.fixture.ts'
import { readRunbook, walkRunbook } from '../../compile/runbook/index.ts'
import { runbookOf } from './runbook.ts'
import type { Step } from './steps.ts'
import { runbookFiles } from './write.ts'

const checkpoint = (at: number) => ({
  phase: 0,
  from: (at - 1) * 1000,
  searches: at * 1000,
  to: (at + 5) * 1000,
  rebuild: false,
})
/** A run with a checkpoint at each of some instants; its queries are asked there once. */
const checkedRun = (
  ops: readonly OpLiteral[],
  at: readonly number[],
  more: Partial<RunLiteral> = {},
) =>
  runOf({
    ops: [...ops, ...at.map((ms, c) => search(ms, 0, [], {}, { checkpoint: c }))],
    meta: { checkpoints: at.map(checkpoint) },
    preload: 3,
    revisions: 3,
    vectors: [Array.from({ length: 30 }, (_, i) => [i % 10, Math.floor(i / 10) / 8])],
    queries: [
      [
        [0, 0],
        [4, 1],
        [9, -1],
      ],
    ],
    ...more,
  })

const strict = { assume: null, merge: false } as const
const CHURN = [
  upsert(10, [
    [3, 0],
    [4, 0],
  ]),
  upsert(20, [[1, 1]]),
  remove(30, [0]),
  upsert(60, [[1, 2]]),
  remove(70, [3]),
]

test('inserts number the vectors, an update replaces the vector behind its tag, a delete takes the tag', () => {
  const { steps, ids, versions, peak } = runbookOf(viewOf(checkedRun(CHURN, [50, 100])), strict)
  assert.deepEqual(steps, [
    { operation: 'insert', start: 0, end: 3 },
    { operation: 'insert', start: 3, end: 5 },
    { operation: 'replace', tags_start: 1, tags_end: 2, ids_start: 5, ids_end: 6 },
    { operation: 'delete', start: 0, end: 1 },
    { operation: 'search' },
    { operation: 'replace', tags_start: 1, tags_end: 2, ids_start: 6, ids_end: 7 },
    { operation: 'delete', start: 3, end: 4 },
    { operation: 'search' },
  ])
  assert.deepEqual([...ids], [0, 1, 2, 3, 4, 1, 1])
  assert.deepEqual([...versions], [0, 0, 0, 0, 0, 1, 2])
  assert.equal(peak, 5)
})

test('writes stand in the order of their answers, not of their due instants', () => {
  const ops = [upsert(10, [[3, 0]], { done: 40 }), upsert(20, [[4, 0]], { done: 25 })]
  const { ids } = runbookOf(viewOf(checkedRun(ops, [50])), strict)
  assert.deepEqual([...ids], [0, 1, 2, 4, 3])
})

test('a plain runbook joins neighbouring requests where their ranges do', () => {
  const ops = [upsert(10, [[3, 0]]), upsert(12, [[4, 0]]), remove(20, [0]), remove(22, [1])]
  const view = viewOf(checkedRun(ops, [50]))
  assert.equal(runbookOf(view, strict).steps.length, 6)
  assert.deepEqual(runbookOf(view, { assume: null, merge: true }).steps, [
    { operation: 'insert', start: 0, end: 5 },
    { operation: 'delete', start: 0, end: 2 },
    { operation: 'search' },
  ])
})

test('a failed write is no step; one of unknown outcome is refused, or taken as it is told', () => {
  const failed = [upsert(10, [[3, 0]], { outcome: 'fail' }), upsert(11, [[4, 0]])]
  assert.deepEqual([...runbookOf(viewOf(checkedRun(failed, [50])), strict).ids], [0, 1, 2, 4])

  const unknown = viewOf(
    checkedRun([upsert(10, [[3, 0]], { outcome: 'unknown' }), ...CHURN.slice(1, 2)], [50]),
  )
  assert.throws(() => runbookOf(unknown, strict), {
    code: 'EXPORT_UNDETERMINED',
    message: /at 0\.050 s: 1 rows have more than one possible state/,
  })
  const applied = runbookOf(unknown, { assume: 'applied', merge: false })
  const ignored = runbookOf(unknown, { assume: 'ignored', merge: false })
  assert.deepEqual([...applied.ids], [0, 1, 2, 3, 1])
  assert.deepEqual([...ignored.ids], [0, 1, 2, 1])
  assert.match(applied.said.join(), /taken as applied when it was sent/)
  assert.match(ignored.said.join(), /taken as never applied/)
})

test('a write in flight at a checkpoint leaves its state undetermined; one answered before does not', () => {
  const at = (done: number) => viewOf(checkedRun([upsert(10, [[3, 0]], { done })], [50]))
  assert.throws(() => runbookOf(at(60), strict), { code: 'EXPORT_UNDETERMINED' })
  assert.equal(runbookOf(at(49), strict).searches[0]!.live, 4)
})

test('without a checkpoint there is one search at the end, and it is said', () => {
  const { steps, said } = runbookOf(viewOf(checkedRun(CHURN, [])), strict)
  assert.deepEqual(steps.at(-1), { operation: 'search' })
  assert.match(said.join(), /no checkpoint/)
})

test('a run of two collections, or without a row, is refused', () => {
  const two = checkedRun(CHURN, [50], { meta: { spaces: [{ model: 1 }, { model: 1 }] } })
  assert.throws(() => runbookOf(viewOf(two), strict), { code: 'EXPORT_IMPOSSIBLE' })
  const none = checkedRun([], [50], { preload: 0 })
  assert.throws(() => runbookOf(viewOf(none), strict), { code: 'EXPORT_IMPOSSIBLE' })
})

const folder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-runbook-'))
  t.after(() => rmSync(dir, { recursive: true }))
  return dir
}
const words = (path: string): Uint32Array =>
  new Uint32Array(new Uint8Array(readFileSync(path)).buffer)
const floats = (path: string): Float32Array =>
  new Float32Array(new Uint8Array(readFileSync(path)).buffer)
const matrix = (path: string): number[][] => {
  const [count, width] = words(path)
  const values = floats(path).subarray(2)
  assert.equal(values.length, count! * width!)
  return Array.from({ length: count! }, (_, i) => [
    ...values.subarray(i * width!, (i + 1) * width!),
  ])
}

/** The field's meaning of a runbook, and brute force in float64, from the files alone. */
const verify = (dir: string, name: string): number => {
  const map = parse(readFileSync(join(dir, `${name}.yaml`), 'utf8'))['by-hand']
  const base = matrix(join(dir, 'base.fbin'))
  const queries = matrix(join(dir, 'queries.fbin'))
  const live = new Map<number, number>()
  let peak = 0
  let searches = 0
  for (let n = 1; map[n]; n++) {
    const step: Step = map[n]
    if (step.operation === 'insert') for (let i = step.start; i < step.end; i++) live.set(i, i)
    if (step.operation === 'delete') {
      for (let i = step.start; i < step.end; i++) assert.ok(live.delete(i))
    }
    if (step.operation === 'replace') {
      for (let i = 0; i < step.tags_end - step.tags_start; i++) {
        assert.ok(live.has(step.tags_start + i))
        live.set(step.tags_start + i, step.ids_start + i)
      }
    }
    peak = Math.max(peak, live.size)
    if (step.operation !== 'search') continue
    searches++
    const file = join(dir, String(base.length), `${name}.yaml`, `step${n}`)
    assert.deepEqual(
      [...words(`${file}.tags`)],
      [live.size, 1, ...[...live.keys()].sort((a, b) => a - b)],
    )
    const [nq, k] = words(`${file}.gt100`)
    assert.deepEqual([nq, k], [queries.length, Math.min(100, live.size)])
    const tags = words(`${file}.gt100`).subarray(2, 2 + nq! * k!)
    const distances = floats(`${file}.gt100`).subarray(2 + nq! * k!)
    queries.forEach((query, q) => {
      const distanceTo = (tag: number): number =>
        base[live.get(tag)!]!.reduce((sum, x, i) => sum + (x - query[i]!) ** 2, 0)
      const expected = [...live.keys()]
        .map(distanceTo)
        .sort((a, b) => a - b)
        .slice(0, k)
      const found = [...tags.subarray(q * k!, (q + 1) * k!)]
      assert.equal(new Set(found).size, k)
      assert.deepEqual(found.map(distanceTo), expected)
      assert.deepEqual([...distances.subarray(q * k!, (q + 1) * k!)], expected.map(Math.fround))
    })
  }
  assert.equal(map.max_pts, peak)
  return searches
}

test('the files hold the truth of each search, told by brute force that reads nothing else', async (t) => {
  const dir = folder(t)
  const view = viewOf(checkedRun(CHURN, [50, 100]))
  const paths = await runbookFiles(dir, view, runbookOf(view, strict), false)
  assert.equal(paths.length, 7)
  assert.equal(verify(dir, 'by-hand'), 2)
  const { driftmark } = parse(readFileSync(join(dir, 'by-hand.yaml'), 'utf8'))
  assert.deepEqual(driftmark.times_us[2], { due: 10_000, sent: 10_000, done: 11_000 })
  await assert.rejects(runbookFiles(dir, view, runbookOf(view, strict), false), { code: 'EEXIST' })
})

test('the import reads it back: the same rows live, with the same vectors, at each search', async (t) => {
  const dir = folder(t)
  const view = viewOf(checkedRun(CHURN, [50, 100]))
  const runbook = runbookOf(view, strict)
  await runbookFiles(dir, view, runbook, false)
  const file = join(dir, 'by-hand.yaml')
  const { steps, maxPoints } = readRunbook(readFileSync(file, 'utf8'), file)
  assert.equal(maxPoints, runbook.peak)
  const found = new Map<number, [tag: number, row: number, version: number][]>()
  walkRunbook(steps, {
    done: ({ step, rowOf }) => {
      const live = Array.from({ length: 7 }, (_, tag) => [tag, rowOf(tag)] as const)
      found.set(
        step,
        live.flatMap(([tag, n]) =>
          n === undefined ? [] : [[tag, runbook.ids[n]!, runbook.versions[n]!]],
        ),
      )
    },
  })
  assert.deepEqual(
    runbook.searches.map(({ step }) => found.get(step)),
    [
      [
        [1, 1, 1],
        [2, 2, 0],
        [3, 3, 0],
        [4, 4, 0],
      ],
      [
        [1, 1, 2],
        [2, 2, 0],
        [4, 4, 0],
      ],
    ],
  )
})

test('a plain runbook has one map, that of the dataset', async (t) => {
  const dir = folder(t)
  const view = viewOf(checkedRun(CHURN, [50]))
  await runbookFiles(dir, view, runbookOf(view, { assume: null, merge: true }), true)
  assert.deepEqual(Object.keys(parse(readFileSync(join(dir, 'by-hand.yaml'), 'utf8'))), ['by-hand'])
  assert.equal(verify(dir, 'by-hand'), 1)
  assert.deepEqual(readdirSync(dir).sort(), ['7', 'base.fbin', 'by-hand.yaml', 'queries.fbin'])
})

test('whatever is written, the truth in the files is that of the rows live at each search', async () => {
  const write = fc.record({
    id: fc.nat(9),
    version: fc.nat(2),
    kind: fc.constantFrom('upsert', 'delete'),
    outcome: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'unknown'),
    takes: fc.integer({ min: 1, max: 25 }),
  })
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-runbook-'))
  let n = 0
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 12 }),
        fc.constantFrom('applied', 'ignored'),
        async (writes, assume) => {
          const ops = writes.map(({ id, version, kind, outcome, takes }, i) => {
            const at = 10 * (i + 1)
            const event = { outcome, done: at + takes } as const
            return kind === 'upsert' ? upsert(at, [[id, version]], event) : remove(at, [id], event)
          })
          const view = viewOf(checkedRun(ops, [55, 200]))
          const to = join(dir, String(n++))
          mkdirSync(to)
          const runbook = runbookOf(view, { assume, merge: n % 2 === 0 })
          await runbookFiles(to, view, runbook, n % 3 === 0)
          assert.ok(verify(to, 'by-hand') >= 1)
        },
      ),
      { numRuns: 60 },
    )
  } finally {
    rmSync(dir, { recursive: true })
  }
})
