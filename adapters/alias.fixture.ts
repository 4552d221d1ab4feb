import assert from 'node:assert/strict'
import type { Adapter, Collection, Engine } from '../harness/model/index.ts'
import { collection, signal } from './rows.fixture.ts'

/** An alias moves from collection to collection, also to one of other dimensions; with the collection that it names, it is dropped. */
export const aliasMoves = async <Options>(
  adapter: Adapter<Options>,
  options: Options,
  open: (at: Collection) => Promise<Engine>,
  absent: object | RegExp,
): Promise<void> => {
  for (const [name, id, dimensions] of [
    ['blue', 1, 2],
    ['green', 2, 2],
    ['wide', 3, 3],
  ] as const) {
    const engine = await open(collection(name, { dimensions }))
    await engine.upsert([{ id, version: 5, vector: new Float32Array(dimensions).fill(1) }], signal)
    await adapter.swap!(options, 'live', name)
    const alias = await open(collection('live', { dimensions }))
    const hits = await alias.search(new Float32Array(dimensions), 10, signal)
    assert.deepEqual(hits, [{ id, version: 5 }])
  }
  await adapter.drop!(options, 'wide')
  await assert.rejects(adapter.swap!(options, 'live', 'wide'), absent)
  const fresh = await open(collection('live'))
  assert.equal(await fresh.count!(signal), 0)
}
