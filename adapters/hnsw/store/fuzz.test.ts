import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { HEADER, KINDS } from './frame.ts'
import { damagedLog, damagedSnapshot, forgedRecord } from './fuzz.fixture.ts'
import { openCollections, PLAIN, withFolder } from './store.fixture.ts'

const hold = async <Ts>(t: TestContext, property: fc.IAsyncProperty<Ts>, numRuns: number) => {
  const seed = randomInt(2 ** 31)
  t.diagnostic(`seed ${seed}, ${numRuns} runs`)
  await fc.assert(property, { seed, numRuns, endOnFailure: true })
}

test('a damaged log opens to a state that it had, or is refused with its byte', (t) =>
  withFolder(async (dir) => hold(t, await damagedLog(dir), 250)))

test('so does one whose last operations came together and were not synced', (t) =>
  withFolder(async (dir) => hold(t, await damagedLog(dir, 4), 250)))

test('a damaged snapshot or manifest is refused by name', (t) =>
  withFolder(async (dir) => hold(t, await damagedSnapshot(dir), 100)))

test('a forged record is taken or refused with its byte', (t) =>
  withFolder(async (dir) => hold(t, await forgedRecord(dir), 250)))

test('a record left out at the end of a log, and one that stands twice, are no torn tail', () =>
  withFolder(async (dir) => {
    const all = await openCollections(dir)
    for (const name of ['a', 'b', 'c']) await all.create(name, PLAIN)
    await all.journal.close()
    const path = join(dir, 'log-000000000001')
    const whole = await readFile(path)
    const size = whole.indexOf('"name":"c"') - whole.indexOf('"name":"b"')
    const [b, c] = [whole.length - 2 * size, whole.length - size]
    const without = Buffer.concat([whole.subarray(0, b), whole.subarray(c)])
    const twice = Buffer.concat([whole.subarray(0, c), whole.subarray(b)])
    for (const [bytes, at] of [
      [without, b],
      [twice, c],
    ] as const) {
      await writeFile(path, bytes)
      await assert.rejects(openCollections(dir), new RegExp(`is damaged at byte ${at}:`))
    }
  }))

test('a tail made of beginnings of records, each as long as all that follows, is given up on, and refused', () =>
  withFolder(async (dir) => {
    const all = await openCollections(dir)
    await all.journal.close()
    const path = join(dir, 'log-000000000001')
    const head = await readFile(path)
    const tail = Buffer.alloc(HEADER * 100_000)
    for (let at = 0; at < tail.length; at += HEADER) {
      tail.writeUInt32LE(tail.length - at - HEADER, at)
      tail.writeUIntLE(2, at + 8, 6)
      tail.writeUInt16LE(KINDS.upsert, at + 14)
      tail.writeUIntLE(1, at + 16, 6)
    }
    await writeFile(path, Buffer.concat([head, tail]))
    await assert.rejects(openCollections(dir), new RegExp(`is damaged at byte ${head.length}:`))
  }))
