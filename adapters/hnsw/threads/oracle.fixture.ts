import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Rng } from '../../../harness/model/index.ts'
import type { Client, RemoteCollection } from '../client.ts'
import type { Hits } from '../wire.ts'

export const IDS = 90
export const OPTIONS = { dimensions: 3, metric: 'l2', m: 6, efConstruction: 24, ef: 40 } as const
const ABSENT = -1

/** A vector of its own for each row and version. */
const vectorOf = (id: number, version: number): Float32Array =>
  Float32Array.of(id % 10, Math.floor(id / 10), version / 1000)
const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0)

/** What was asked of a row, in its order: one state for each write, of which those up to `known` are acknowledged. */
interface Row {
  readonly states: number[]
  known: number
}

/** A collection and all that may be true of it. Writers hold `busy`; who clears or drops it lets nobody in. */
export interface Told {
  readonly name: string
  readonly rows: readonly Row[]
  readonly remote: RemoteCollection
  busy: number
  isShut: boolean
  /** Drops asked for. */
  drops: number
}

export const toldOf = (client: Client, name: string): Told => ({
  name,
  rows: Array.from({ length: IDS }, () => ({ states: [ABSENT], known: 0 })),
  remote: client.collection(name),
  busy: 0,
  isShut: false,
  drops: 0,
})

/** One state more for each of the rows while it is asked for, and known when it is answered. */
const change = async (rows: readonly Row[], state: number, ask: () => Promise<unknown>) => {
  for (const row of rows) row.states.push(state)
  await ask()
  for (const row of rows) row.known = row.states.length - 1
}

/** Writes a few rows that nobody else writes, then looks for them: what is acknowledged is found at once. */
export const write = async (told: Told, ids: readonly number[], version: number, draw: Rng) => {
  while (told.isShut) await turn()
  told.busy++
  try {
    await writeAndLook(told, ids, version, draw)
  } finally {
    // Whoever waits for its end must not wait for ever where it fails.
    told.busy--
  }
}

const writeAndLook = async (
  { remote, rows }: Told,
  ids: readonly number[],
  version: number,
  draw: Rng,
) => {
  const own = ids.map((id) => rows[id]!)
  const isDelete = draw.uniform() < 0.35
  const stored = ids.map((id) => ({ id, version, vector: vectorOf(id, version) }))
  if (isDelete) await change(own, ABSENT, () => remote.delete(ids))
  else await change(own, version, () => remote[draw.below(4) === 0 ? 'bulk' : 'upsert'](stored))
  const got = await remote.get(ids)
  assert.deepEqual([...got.ids], isDelete ? [] : ids, 'get, after the acknowledgement')
  if (!isDelete) {
    assert.ok(got.versions.every((found) => found === version))
    const nearest = await remote.exact(stored[0]!.vector, 1)
    assert.deepEqual([nearest.ids[0], nearest.versions[0]], [ids[0], version], 'exact')
  }
}

/** Takes every row out, by `clear` or by dropping the collection and making it again, while others go on searching. */
export const empty = async (told: Told, client: Client, url: string, isDrop: boolean) => {
  told.isShut = true
  try {
    while (told.busy > 0) await turn()
    await emptied(told, client, url, isDrop)
  } finally {
    told.isShut = false
  }
}

const emptied = async (told: Told, client: Client, url: string, isDrop: boolean) => {
  await change(told.rows, ABSENT, async () => {
    if (!isDrop) {
      const reply = await fetch(`${url}/collections/${told.name}/clear`, { method: 'POST' })
      return assert.equal(reply.status, 200)
    }
    told.drops++
    await client.drop(told.name)
    await client.create(told.name, OPTIONS)
  })
  assert.equal(await told.remote.count(), 0)
}

/** Asks through `remote`, which stands for one of the collections, and holds the answer against what was known before and asked for since. */
export const search = async (
  remote: RemoteCollection,
  possible: () => readonly Told[],
  draw: Rng,
): Promise<void> => {
  const before = possible().map((told) => ({
    told,
    known: told.rows.map((row) => row.known),
    drops: told.drops,
  }))
  const query = Float32Array.of(9 * draw.uniform(), 9 * draw.uniform(), draw.uniform())
  const k = 1 + draw.below(12)
  const isExact = draw.below(3) === 0
  const hits = await (isExact ? remote.exact(query, k) : remote.search(query, k, 40)).catch(
    (error: Error & { status?: number }) => {
      assert.equal(error.status, 404, error.message)
      return null
    },
  )
  // Where an alias moved meanwhile, its new collection may have answered: of that one, nothing was known before.
  const since = possible().filter((told) => !before.some((one) => one.told === told))
  if (since.length > 0) return
  const complaints = before.map(({ told, known, drops }) => {
    if (hits === null)
      return told.drops > drops || told.isShut ? null : 'it is there, and was not found'
    return complaint(hits, query, k, told.rows, known)
  })
  assert.ok(complaints.includes(null), complaints.join('; or: '))
}

/** What is wrong with an answer; null where nothing is. */
const complaint = (
  { ids, versions, distances }: Hits,
  query: Float32Array,
  k: number,
  rows: readonly Row[],
  known: readonly number[],
): string | null => {
  const surely = rows.filter((row, id) => !row.states.slice(known[id]).includes(ABSENT)).length
  if (ids.length < Math.min(k, surely)) return `${ids.length} of ${k}, where ${surely} live`
  if (new Set(ids).size < ids.length) return `a row twice: ${ids}`
  for (const [i, id] of ids.entries()) {
    const states = rows[id]!.states.slice(known[id])
    if (!states.includes(versions[i]!)) return `row ${id} is ${versions[i]}, may be ${states}`
    const expected = distance(vectorOf(id, versions[i]!), query)
    if (Math.abs(distances[i]! - expected) > 1e-4) return `row ${id} is not whole`
    if (i > 0 && distances[i]! < distances[i - 1]!) return 'not nearest first'
  }
  return null
}
