import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { viewOf } from '../../analysis/index.ts'
import { remove, upsert } from '../../analysis/run.fixture.ts'
import { readRunbook, walkRunbook } from '../../compile/runbook/index.ts'
import { CHURN, checkedRun, strict } from './checked-run.fixture.ts'
import { runbookOf } from './runbook.ts'
import type { Step } from './steps.ts'
import { runbookFiles } from './write.ts'

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
  await assert.rejects(runbookFiles(dir, view, runbookOf(view, strict), false), {
    code: 'OUT_FILE',
  })
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
