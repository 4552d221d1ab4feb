import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from './client.ts'
import { PLAIN, portOf, withService } from './service.fixture.ts'

test('the client speaks every request of a collection, and an error carries its status', () =>
  withService(async (_, __, server) => {
    const client = createClient(`http://127.0.0.1:${portOf(server)}`, 2)
    const rows = [0, 1, 2].map((id) => ({ id, version: id, vector: Float32Array.of(id, 0) }))
    assert.deepEqual(
      [await client.create('a', PLAIN), await client.create('a', PLAIN)],
      [true, false],
    )
    const a = client.collection('a')
    await a.upsert(rows)
    await a.bulk([{ id: 3, version: 0, vector: Float32Array.of(9, 9) }])
    await a.upsert([])
    assert.equal(await a.delete([3, 4]), 1)
    const found = {
      ids: Uint32Array.of(2, 1),
      versions: Int32Array.of(2, 1),
      distances: Float32Array.of(0, 1),
    }
    const query = Float32Array.of(2, 0)
    assert.deepEqual([await a.search(query, 2, 0), await a.exact(query, 2)], [found, found])
    assert.deepEqual((await a.get([2, 3])).versions, Int32Array.of(2))
    await client.alias('live', 'a')
    assert.equal(await client.collection('live').count(), 3)
    assert.equal((await a.compact()).tombstones, 0)
    assert.equal((await a.stats()).compactions, 1)
    assert.equal((await a.describe())?.count, 3)
    assert.equal(await client.collection('b').describe(), null)
    await assert.rejects(a.search(query, 2, 1), { status: 400, outcome: 'fail' })
    await assert.rejects(client.checkpoint(), { status: 409 })
    assert.match((await client.server()).version, /^\d/)
    assert.deepEqual([await client.drop('a'), await client.drop('a')], [true, false])
    await client.close()
  }))
