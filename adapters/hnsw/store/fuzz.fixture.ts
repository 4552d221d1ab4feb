import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Collections, createCollections } from '../collections.ts'
import { clear } from '../operations.ts'
import { writeHere } from '../threads/here.fixture.ts'
import { boundsOf, damages } from './damage.fixture.ts'
import { frameAt, KINDS, type Kind, oneFrame } from './frame.ts'
import { LEAST_ROWS } from './image.ts'
import { openCollections, PLAIN, put, stateOf, take } from './store.fixture.ts'

const LOG = 'log-000000000001'
type State = ReturnType<typeof stateOf>

/** What is done to the collections, an operation a step. */
const STEPS: readonly ((all: Collections) => Promise<unknown>)[] = [
  (all) => all.create('a', PLAIN),
  (all) => put(all, 'a', 1, 1, 2, 3),
  (all) => all.create('b', PLAIN),
  (all) => put(all, 'b', 2, 1),
  (all) => take(all, 'a', 2),
  (all) => all.alias('live', 'a'),
  (all) => put(all, 'a', 3, 3, 4),
  (all) => clear(all.find('b')),
  (all) => put(all, 'b', 4, 9, 8, 7),
  (all) => all.drop('b'),
  (all) => put(all, 'a', 5, 5),
  (all) => take(all, 'a', 1, 5),
]

/** The state before the first step, and after each. */
const statesOf = async (): Promise<State[]> => {
  const all = createCollections(writeHere())
  const states = [stateOf(all)]
  for (const step of STEPS) {
    await step(all)
    states.push(stateOf(all))
  }
  return states
}

/** A log of all steps: of each by itself, synced before the next, or of those from `together` on at once, and none synced. */
const logOf = async (dir: string, together: number): Promise<Buffer> => {
  const all = await openCollections(dir, together < STEPS.length ? { sync: 'never' } : {})
  for (const step of STEPS.slice(0, together)) await step(all)
  const begun: Promise<unknown>[] = []
  for (const step of STEPS.slice(together)) {
    begun.push(step(all))
    // Long enough for the operation to be asked for, too short for one to be written.
    await new Promise<void>((resolve) => process.nextTick(resolve))
  }
  await Promise.all(begun)
  await all.journal.close()
  return await readFile(join(dir, LOG))
}

/**
 * However a log is damaged: it opens to the state after one of its operations, or is refused with its name and a byte. What is whole before
 * the damage is there; nothing that is known to have been acknowledged is cut; what is cut is told; a refused log is left as it is; an
 * opened one goes on.
 */
export const damagedLog = async (dir: string, together: number = STEPS.length) => {
  const states = await statesOf()
  const whole = await logOf(dir, together)
  const bounds = boundsOf(whole)
  const frames = bounds.slice(1).map((end, i) => whole.subarray(bounds[i], end))
  return fc.asyncProperty(damages, async (damage) => {
    const bytes = damage(whole)
    await writeFile(join(dir, LOG), bytes)
    const intact = frames.findIndex((_, i) => !startsWith(bytes, whole, bounds[i + 1]!))
    const first = intact === -1 ? frames.length : intact
    const opened = await openOrRefused(dir)
    if (opened instanceof Error) {
      const byte = Number(
        new RegExp(`${LOG} is damaged at byte (\\d+): `).exec(opened.message)?.[1],
      )
      assert.ok(byte >= bounds[first]! && byte <= bytes.length, opened.message)
      assert.deepEqual(await readFile(join(dir, LOG)), bytes)
      return
    }
    const state = stateOf(opened)
    const { cut } = opened.journal.restored
    const kept = (await readFile(join(dir, LOG))).length
    const last = Math.max(bounds.indexOf(kept) - 1, 0)
    assert.deepEqual(state, states[last], 'the state after one of the operations')
    assert.ok(last >= first - 1, `${last} of ${first - 1} operations before the damage`)
    for (const frame of frames.slice(last + 1)) {
      const { number, synced } = frameAt(frame, 0)!
      const lost = bytes.includes(frame) && (number === last + 1 || synced > last)
      assert.ok(!lost, `operation ${number} is whole and was cut`)
    }
    const end = first === 0 ? 0 : kept
    assert.equal(
      cut !== null,
      bytes.subarray(end).some((byte) => byte !== 0),
      'what is cut is told',
    )
    await opened.create('later', PLAIN)
    await opened.journal.close()
    const again = await openCollections(dir)
    assert.deepEqual(stateOf(again).rows, { ...state.rows, later: [] })
    await again.journal.close()
  })
}

const startsWith = (bytes: Buffer, whole: Buffer, end: number): boolean =>
  bytes.length >= end && bytes.subarray(0, end).equals(whole.subarray(0, end))

const openOrRefused = (dir: string): Promise<Collections | Error> =>
  openCollections(dir, { sync: 'never' }).catch((error: Error) => error)

/** Whichever snapshot or manifest is damaged, in whatever way: the folder is refused with the name of the file, and left as it is. */
export const damagedSnapshot = async (dir: string) => {
  const all = await openCollections(dir)
  const dimensions = 900
  for (const name of ['a', 'b']) await all.create(name, { ...PLAIN, dimensions })
  await putLong(all, dimensions)
  await all.create('graph', { ...PLAIN, kind: 'hnsw' })
  await put(all, 'graph', 1, ...Array.from({ length: LEAST_ROWS }, (_, id) => id))
  await all.journal.checkpoint()
  await all.journal.close()
  const names = (await readdir(dir)).filter((name) => /^(rows|index|manifest)/.test(name))
  const files = new Map<string, Buffer>()
  for (const name of names) files.set(name, await readFile(join(dir, name)))
  const chosen = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names))
  return fc.asyncProperty(chosen, fc.option(damages), async ([name, other], damage) => {
    const good = files.get(name)!
    const bytes = damage ? damage(good) : files.get(other)!
    fc.pre(!bytes.equals(good))
    await writeFile(join(dir, name), bytes)
    await assert.rejects(openCollections(dir), new RegExp(`${name} is damaged`))
    assert.deepEqual(await readFile(join(dir, name)), bytes)
    await writeFile(join(dir, name), good)
  })
}

/** So many rows that a snapshot has several frames of them. */
const putLong = async (all: Collections, dimensions: number): Promise<void> => {
  for (const name of ['a', 'b']) {
    const { number, journal } = all.find(name)
    const ids = Uint32Array.from({ length: 200 }, (_, id) => id)
    const vectors = new Float32Array(dimensions * ids.length).fill(name === 'a' ? 1 : 2)
    const rows = { dimensions, ids, versions: new Int32Array(ids.length), vectors }
    await journal.commit({ kind: 'upsert', collection: number, rows }, () => {})
  }
}

/** Records that nobody wrote, under a right checksum: each is taken or refused with its byte; none is a crash, and none takes rows of others away. */
export const forgedRecord = async (dir: string) => {
  const all = await openCollections(dir)
  await all.create('a', PLAIN)
  await put(all, 'a', 1, 1, 2)
  const before = stateOf(all)
  await all.journal.close()
  const whole = await readFile(join(dir, LOG))
  const kind = fc.constantFrom(...(Object.keys(KINDS) as Kind[]))
  const words = fc
    .uint8Array({ maxLength: 80 })
    .map((bytes) => bytes.subarray(0, bytes.length & ~3))
  const headed = fc
    .tuple(fc.constantFrom(0, 1, 2, Number.NaN), fc.oneof(fc.nat(3), fc.nat(0xffff_ffff)), words)
    .map(([collection, n, rest]) => {
      const head = Buffer.alloc(12)
      head.writeDoubleLE(collection)
      head.writeUInt32LE(n, 8)
      return Buffer.concat([head, rest])
    })
  const json = fc.json().map((text) => Buffer.from(text.padEnd((text.length + 3) & ~3)))
  return fc.asyncProperty(kind, fc.oneof(words, headed, json), async (kind, bytes) => {
    const payload = Buffer.from(bytes).subarray(0, bytes.length & ~3)
    const forged = oneFrame({ number: 3, kind, synced: 2, payload })
    await writeFile(join(dir, LOG), Buffer.concat([whole, forged]))
    const opened = await openOrRefused(dir)
    if (opened instanceof Error) {
      return assert.match(opened.message, new RegExp(`${LOG} is damaged at byte ${whole.length}: `))
    }
    if (kind !== 'upsert' && kind !== 'delete' && kind !== 'clear') {
      assert.deepEqual(stateOf(opened), before)
    }
    await opened.journal.close()
  })
}
