import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isProblem } from '../../errors.ts'
import { createHistory, type EventBatch, readHistory } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'driftmark-seal-'))
after(() => rmSync(dir, { recursive: true }))
const path = join(dir, 'history.arrow')

/** Two searches with two hits each, all values plausible however a bit of them is turned. */
const batch = (until: number): EventBatch => ({
  count: 2,
  op: Uint32Array.of(0, 1),
  sent: Float64Array.of(1, 2),
  done: Float64Array.of(3, 4),
  outcome: Uint8Array.of(0, 0),
  via: Uint8Array.of(0, 0),
  space: Uint8Array.of(0, 0),
  model: Uint8Array.of(1, 1),
  hits: Uint32Array.of(0, 2, 4),
  hitIds: Uint32Array.of(5, 6, 7, 8),
  hitVersions: Int32Array.of(0, 0, -1, -1),
  refused: Uint32Array.of(0, 0, 0),
  refusedIds: new Uint32Array(0),
  error: Int32Array.of(-1, -1),
  errors: [],
  until,
})

/** Where the schema and each of three batches end. */
const written = (): { bytes: Uint8Array; ends: number[] } => {
  const file = createHistory(dir, 1)
  const ends = [readFileSync(path).length]
  for (const until of [10, 20]) {
    file.append(batch(until))
    ends.push(readFileSync(path).length)
  }
  file.close(30, false)
  const bytes = readFileSync(path)
  return { bytes, ends: [...ends, bytes.length - 8] }
}

/** What reading gives: `refused`, or how many events and whether the file was closed. */
const reading = (bytes: Uint8Array): string => {
  writeFileSync(path, bytes)
  try {
    const { count, closed, checked } = readHistory(dir)
    return `${count} events, ${closed ? 'closed' : 'open'}, ${checked ? 'checked' : 'unchecked'}`
  } catch (error) {
    assert.ok(isProblem(error) && error.code === 'RUN_FILE_DAMAGED', String(error))
    return 'refused'
  }
}

test('whatever bit is turned, in every fifth byte, no history is read as it was not written', () => {
  const { bytes, ends } = written()
  assert.equal(reading(bytes), '4 events, closed, checked')
  for (let at = 0; at < bytes.length; at += 5) {
    const broken = Uint8Array.from(bytes)
    broken[at]! ^= 1 << (at % 8)
    const found = reading(broken)
    // Of the last batch and the end mark a length may be turned: then the file looks as if its writer had been killed there.
    const cut = at >= ends[1]! ? '4 events, open, checked' : 'refused'
    assert.ok(found === 'refused' || found === cut, `byte ${at}: ${found}`)
  }
})

test('a damaged batch is named with its number, its byte and both checksums', () => {
  const { bytes, ends } = written()
  const broken = Uint8Array.from(bytes)
  broken[ends[2]! - 4]! ^= 1
  writeFileSync(path, broken)
  assert.throws(() => readHistory(dir), {
    code: 'RUN_FILE_DAMAGED',
    message: new RegExp(
      `history\\.arrow is damaged at byte ${ends[1]}: batch 1 .* carries the checksum [0-9a-f]{8}, and has [0-9a-f]{8}`,
    ),
  })
})

test('a batch that announces too much is damage where whole batches follow, and a torn end where none does', () => {
  const { bytes, ends } = written()
  const broken = Uint8Array.from(bytes)
  broken[ends[0]! + 6] = 1
  assert.equal(reading(broken), 'refused')
  assert.equal(reading(broken.subarray(0, ends[1]!)), '0 events, open, checked')
})

test('a history without checksums is read, and says that it has none; one with some is refused', () => {
  const { bytes, ends } = written()
  const without = (from: number, to: number): Uint8Array => {
    const old = Buffer.from(bytes)
    for (let at = old.indexOf('crc32:', from); at >= 0 && at < to; at = old.indexOf('crc32:', at)) {
      old.write('older:', at)
    }
    return old
  }
  assert.equal(reading(without(0, bytes.length)), '4 events, closed, unchecked')
  assert.equal(reading(without(0, ends[0]!)), 'refused')
  assert.equal(reading(without(ends[1]!, ends[2]!)), 'refused')
})
