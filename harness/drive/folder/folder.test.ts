import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { History, OpColumns, TraceMeta } from '../../model/index.ts'
import {
  createHistory,
  createSamples,
  type EventBatch,
  readHistory,
  readManifest,
  readTrace,
  writeTrace,
} from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'driftmark-folder-'))
after(() => rmSync(dir, { recursive: true }))

const seconds = fc.double({ min: 0, max: 1e9, noNaN: true })
const word = fc.nat({ max: 2 ** 32 - 1 })
const byte = fc.nat({ max: 255 })
const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const rows = fc.array(fc.record({ id: word, version: integer }), { maxLength: 4 })

const offsetsOf = (lists: readonly (readonly unknown[])[]): Uint32Array => {
  let sum = 0
  return Uint32Array.from([0, ...lists.map((list) => (sum += list.length))])
}

const opArbitrary = fc.record({
  at: seconds,
  kind: fc.nat({ max: 4 }),
  rows,
  phase: fc.nat({ max: 65535 }),
  code: byte,
  number: integer,
  word,
})
const opsOf = (
  list: readonly (typeof opArbitrary extends fc.Arbitrary<infer T> ? T : never)[],
): OpColumns => {
  const codes = Uint8Array.from(list, (op) => op.code)
  const numbers = Int32Array.from(list, (op) => op.number)
  const words = Uint32Array.from(list, (op) => op.word)
  return {
    count: list.length,
    at: Float64Array.from(list, (op) => op.at),
    kind: Uint8Array.from(list, (op) => op.kind),
    space: codes,
    phase: Uint16Array.from(list, (op) => op.phase),
    rows: offsetsOf(list.map((op) => op.rows)),
    ids: Uint32Array.from(list.flatMap((op) => op.rows.map((row) => row.id))),
    versions: Uint32Array.from(list.flatMap((op) => op.rows.map((row) => Math.abs(row.version)))),
    query: numbers,
    model: codes,
    k: words,
    effort: numbers,
    perturb: words,
    expect: codes,
    watch: codes,
    exact: codes,
    of: numbers,
    checkpoint: numbers,
    action: codes,
  }
}

test('a trace is read as it was written', () => {
  const meta = { format: 'driftmark-trace/2', seed: 7, hash: 'sha256:0' } as TraceMeta
  fc.assert(
    fc.property(fc.array(opArbitrary), (list) => {
      const trace = { meta, ops: opsOf(list) }
      writeTrace(dir, trace)
      assert.deepEqual(readTrace(dir), trace)
    }),
  )
})

/** Sent and answered with any outcome but skipped, or never sent and failed or skipped. */
const fateArbitrary = fc.oneof(
  fc
    .tuple(seconds, seconds)
    .chain(([sent, took]) =>
      fc.nat({ max: 2 }).map((outcome) => ({ sent, done: sent + took, outcome })),
    ),
  fc.constantFrom(1, 3).map((outcome) => ({ sent: Number.NaN, done: Number.NaN, outcome })),
)

const restArbitrary = fc.record({
  op: word,
  via: fc.nat({ max: 1 }),
  space: byte,
  rows,
  refused: fc.array(word, { maxLength: 3 }),
  error: fc.option(fc.constantFrom('timeout', 'shed', 'größer ✓', '')),
})
const eventArbitrary = fc
  .tuple(fateArbitrary, restArbitrary)
  .map(([fate, rest]) => ({ ...fate, ...rest }))
type Event = typeof eventArbitrary extends fc.Arbitrary<infer T> ? T : never

const batchFrom = (events: readonly Event[], until: number): EventBatch => {
  const errors = [...new Set(events.flatMap(({ error }) => (error === null ? [] : [error])))]
  return {
    count: events.length,
    op: Uint32Array.from(events, (e) => e.op),
    sent: Float64Array.from(events, (e) => e.sent),
    done: Float64Array.from(events, (e) => e.done),
    outcome: Uint8Array.from(events, (e) => e.outcome),
    via: Uint8Array.from(events, (e) => e.via),
    space: Uint8Array.from(events, (e) => e.space),
    model: Uint8Array.from(events, (e) => e.space),
    hits: offsetsOf(events.map((e) => e.rows)),
    hitIds: Uint32Array.from(events.flatMap((e) => e.rows.map((row) => row.id))),
    hitVersions: Int32Array.from(events.flatMap((e) => e.rows.map((row) => row.version))),
    refused: offsetsOf(events.map((e) => e.refused)),
    refusedIds: Uint32Array.from(events.flatMap((e) => e.refused)),
    error: Int32Array.from(events, (e) => (e.error === null ? -1 : errors.indexOf(e.error))),
    errors,
    until,
  }
}

/** The same history with its error texts in place of their numbers. */
const plain = ({ error, errors, hitVersions, ...rest }: History) => ({
  ...rest,
  hitVersions: [...hitVersions],
  error: Array.from(error, (code) => errors[code] ?? null),
})

const plainEvent: Event = {
  op: 0,
  sent: 1,
  done: 2,
  outcome: 0,
  via: 0,
  space: 0,
  rows: [],
  refused: [],
  error: null,
}

test('a history that cannot be is refused, event and reason named', () => {
  const never = { sent: Number.NaN, done: Number.NaN }
  for (const wrong of [
    never,
    { done: 0 },
    { done: Number.NaN },
    { outcome: 3 },
    { done: Infinity },
  ]) {
    const file = createHistory(dir, 1)
    file.append(batchFrom([plainEvent, { ...plainEvent, ...wrong }], 1))
    file.close(99, false)
    const reason = { code: 'RUN_FILE_DAMAGED', message: /event 1 has outcome/ }
    assert.throws(() => readHistory(dir), reason, JSON.stringify(wrong))
  }
})

test('a history is read as it was written, whatever the batches', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(eventArbitrary), { maxLength: 5 }),
      fc.boolean(),
      (parts, stopped) => {
        const file = createHistory(dir, 1)
        for (const [i, events] of parts.entries()) file.append(batchFrom(events, i))
        file.close(99, stopped)
        const { until: _, ...whole } = batchFrom(parts.flat(), 0)
        const expected = {
          ...whole,
          until: 99,
          closed: true,
          interrupted: stopped,
          origin: 1,
          checked: true,
        }
        assert.deepEqual(plain(readHistory(dir)), plain(expected))
      },
    ),
  )
})

test('a history of many megabytes is read as it was written, and damage far into it is found', () => {
  const path = join(dir, 'history.arrow')
  const rows = [1, 2, 3, 4].map((id) => ({ id, version: -1 }))
  const event: Event = { ...plainEvent, rows, refused: [9], error: 'shed', outcome: 1 }
  const some = (from: number) =>
    Array.from({ length: 1_000 }, (_, i) => ({ ...event, op: from + i }))
  const file = createHistory(dir, 1)
  const starts: number[] = []
  for (let part = 0; part < 40; part++) {
    starts.push(readFileSync(path).length)
    file.append(batchFrom(some(1_000 * part), part))
  }
  file.close(99, false)
  const { count, op, hits, hitIds, refusedIds, error, closed } = readHistory(dir)
  assert.deepEqual({ count, closed }, { count: 40_000, closed: true })
  assert.ok(op.every((value, i) => value === i && hits[i + 1] === 4 * (i + 1)))
  assert.ok(hitIds.every((id, i) => id === 1 + (i % 4)))
  assert.ok(refusedIds.length === 40_000 && error.every((code) => code === 0))
  const bytes = readFileSync(path)
  bytes[starts[31]! - 100]! ^= 1
  writeFileSync(path, bytes)
  assert.throws(() => readHistory(dir), {
    code: 'RUN_FILE_DAMAGED',
    message: new RegExp(`at byte ${starts[30]}: batch 30 `),
  })
})

const threeBatches = (): { bytes: Uint8Array; counts: number[]; path: string } => {
  const file = createHistory(dir, 1)
  const path = join(dir, 'history.arrow')
  const event: Event = { ...plainEvent, op: 5, rows: [{ id: 1, version: 0 }] }
  const counts = [0, readFileSync(path).length]
  for (const until of [10, 20, 30]) {
    file.append(batchFrom([event, event], until))
    counts.push(readFileSync(path).length)
  }
  file.close(40, false)
  return { bytes: readFileSync(path), counts, path }
}

test('a history cut off at any byte is read up to its last whole batch', () => {
  const { bytes, counts, path } = threeBatches()
  for (let length = counts[1]!; length < counts[4]!; length += 7) {
    writeFileSync(path, bytes.subarray(0, length))
    const whole = counts.filter((count) => count <= length).length - 2
    const { count, until, closed } = readHistory(dir)
    assert.deepEqual(
      { count, until, closed },
      { count: 2 * whole, until: 10 * whole, closed: false },
    )
  }
})

test('a damaged history is refused, with the byte where it stops making sense', () => {
  const { bytes, counts, path } = threeBatches()
  const at = counts[2]!
  const broken = Uint8Array.from(bytes)
  broken[at] = 0
  writeFileSync(path, broken)
  assert.throws(() => readHistory(dir), {
    code: 'RUN_FILE_DAMAGED',
    message: new RegExp(`at byte ${at}:`),
  })
  writeFileSync(path, bytes.subarray(0, 11))
  assert.throws(() => readHistory(dir), { code: 'RUN_FILE_DAMAGED' })
  writeFileSync(path, 'not an Arrow file at all')
  assert.throws(() => readHistory(dir), { code: 'RUN_FILE_DAMAGED' })
})

test('a file of another kind is refused by the column that it lacks', () => {
  createSamples(dir).close()
  writeFileSync(join(dir, 'history.arrow'), readFileSync(join(dir, 'samples.arrow')))
  assert.throws(() => readHistory(dir), {
    code: 'RUN_FILE_DAMAGED',
    message: /column op is absent/,
  })
})

test('files that are absent or no manifest are named', () => {
  assert.throws(() => readTrace(join(dir, 'nowhere')), { code: 'RUN_FILE_MISSING' })
  assert.throws(() => readManifest(dir), { code: 'RUN_FILE_MISSING' })
  writeFileSync(join(dir, 'manifest.json'), '{"format":"other"}')
  assert.throws(() => readManifest(dir), { code: 'RUN_FILE_DAMAGED', message: /format is other/ })
})

test('what a killed writer has appended stays readable', async () => {
  const url = new URL('./history.ts', import.meta.url).href
  const source = `
    const { createHistory } = await import(${JSON.stringify(url)})
    const file = createHistory(${JSON.stringify(dir)}, 1)
    const none = { count: 1, op: Uint32Array.of(3), sent: Float64Array.of(1), done: Float64Array.of(2), outcome: Uint8Array.of(0),
      via: Uint8Array.of(0), space: Uint8Array.of(0), model: Uint8Array.of(0), hits: Uint32Array.of(0, 0), hitIds: new Uint32Array(0),
      hitVersions: new Int32Array(0), refused: Uint32Array.of(0, 0), refusedIds: new Uint32Array(0), error: Int32Array.of(-1), errors: [] }
    for (let until = 1; ; until++) {
      file.append({ ...none, until })
      if (until === 20) console.log('twenty')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source])
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { count, until, closed } = readHistory(dir)
  assert.ok(count >= 20)
  assert.equal(until, count)
  assert.equal(closed, false)
})
